"""The article as anybody reads it."""

import re
from typing import Any

from screening.domain.protocol.article_sections import ARTICLE_SLUGS
from tests.support.pages import parsed, words


def test_every_anchor_is_on_the_one_page(client: Any) -> None:
    page = client.get("/article/").text
    for slug in ARTICLE_SLUGS:
        assert f'id="{slug}"' in page


def test_every_link_inside_the_article_leads_somewhere(client: Any) -> None:
    page = client.get("/article/").text
    for target in set(re.findall(r'href="#([^"]+)"', page)):
        assert f'id="{target}"' in page


def test_what_is_only_for_staff_is_called_so(client: Any) -> None:
    tree = parsed(client.get("/article/").text)
    for details in tree.iter("details"):
        asks = any("?" in words(item) for item in details.iter("li"))
        (summary,) = details.iter("summary")
        assert words(summary) == ("What our form asks about this" if asks else "For staff: what leads here")


def test_the_page_asks_for_no_session(client: Any) -> None:
    assert "Set-Cookie" not in client.get("/article/").headers


def test_the_emergency_number_of_the_clinic_is_in_it(client: Any) -> None:
    assert 'href="tel:999"' in client.get("/article/").text
