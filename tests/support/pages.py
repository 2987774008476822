"""A client that reads every page it gets as a careful reader: valid HTML, one heading, labels, tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient

from screening.web.endpoints import ENDPOINTS
from tests.support.parsing import masked, shape, tree_of


@lru_cache(maxsize=64)
def parsed(html: str) -> Element:
    """The page's tree, to be read only: a page is looked at, then filled in, and need not be parsed twice."""
    return tree_of(html)


def folded(html: str) -> str:
    """The page with each run of white space as one space, which is how a browser shows it."""
    return " ".join(html.split())


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def find(tree: Element, tag: str, **attributes: str) -> list[Element]:
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return [
        element
        for element in tree.iter(tag)
        if all(element.get(name) == value for name, value in names.items())
    ]


def check_page(html: str) -> Element:
    """Fails where the page is not what every page must be; gives its tree."""
    _check(masked(html)[0])
    return parsed(html)


@lru_cache(maxsize=1024)
def _check(page: str) -> None:
    """Of pages that differ only in what tells one from the other, one is enough."""
    tree, _ = shape(page)
    assert tree.get("lang"), "the page says no language"
    headings = find(tree, "h1")
    assert len(headings) == 1, f"the page has {len(headings)} main headings"
    title = words(find(tree, "title")[0])
    heading = words(headings[0])
    assert title.removeprefix("Error: ").startswith(heading), f"{title!r} does not begin with {heading!r}"
    _check_ids(tree)
    _check_controls(tree)
    _check_forms(tree)
    _check_nothing_inline(tree)
    _check_order_of_headings(tree)


def _check_ids(tree: Element) -> None:
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    twice = [name for name, count in ids.items() if count > 1]
    assert not twice, f"ids used twice: {twice}"
    for element in tree.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby"):
            for name in (element.get(attribute) or "").split():
                assert name in ids, f"{attribute} names {name}, which is not on the page"
    for link in tree.iter("a"):
        target = link.get("href") or ""
        if target.startswith("#"):
            assert target[1:] in ids, f"a link leads to {target}, which is not on the page"


def _check_controls(tree: Element) -> None:
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {id(control) for label in tree.iter("label") for control in label.iter()}
    for control in _controls(tree):
        named = control.get("id") in labelled or id(control) in inside or control.get("aria-label")
        assert named, f"{control.tag} {control.get('name')} has no label"
    for fieldset in tree.iter("fieldset"):
        assert find(fieldset, "legend"), "a fieldset has no legend"


def _controls(tree: Element) -> Iterator[Element]:
    for tag in ("input", "select", "textarea"):
        for control in tree.iter(tag):
            if control.get("type") not in ("hidden", "submit"):
                yield control


def _check_forms(tree: Element) -> None:
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() == "post":
            tokens = find(form, "input", name="csrf_token")
            assert len(tokens) == 1, "a form that changes something has no token"
            assert tokens[0].get("value"), "a token is empty"


def _check_nothing_inline(tree: Element) -> None:
    for element in tree.iter():
        assert not element.get("style"), "a style stands in the page, which the browser will not apply"
        assert not any(name.startswith("on") for name in element.attrib), "a script stands in the page"
    for script in tree.iter("script"):
        assert script.get("src"), "a script stands in the page"


def _check_order_of_headings(tree: Element) -> None:
    levels = [
        int(element.tag[1]) for element in tree.iter() if str(element.tag) in {"h1", "h2", "h3", "h4", "h5"}
    ]
    for before, after in pairwise(levels):
        assert after <= before + 1, f"a heading of level {after} follows one of level {before}"


def form_fields(form: Element) -> dict[str, list[str]]:
    """What a browser sends when nothing is touched."""
    fields: dict[str, list[str]] = {}
    for control in form.iter():
        name = control.get("name")
        if not name or str(control.tag) == "button":
            continue
        if control.tag == "select":
            chosen = [option for option in control.iter("option") if option.get("selected") is not None]
            value = (chosen or list(control.iter("option")))[0].get("value") or ""
        elif control.tag == "textarea":
            value = (control.text or "").removeprefix("\n")
        elif control.get("type") in ("checkbox", "radio"):
            if control.get("checked") is None:
                continue
            value = control.get("value") or "on"
        else:
            value = control.get("value") or ""
        fields.setdefault(name, []).append(value)
    return fields


class PageClient(FlaskClient):
    """Checks each page that comes back, and sends forms as a browser does: with all their fields."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        response = super().open(*args, **kwargs)
        assert response.status_code < 500, f"{response.status_code}: {response.text}"
        is_page = response.mimetype == "text/html" and response.request.method != "HEAD"
        if is_page and response.status_code not in (301, 302, 303, 308):
            _check(masked(response.text)[0])
        if is_page and response.status_code == 200:
            self._must_list_what_is_carried(response)
        return response

    def _must_list_what_is_carried(self, page: Any) -> None:
        """What a page carries along unseen is in the table of endpoints, or two values of it could come in."""
        router = self.application.url_map.bind("")
        for form in parsed(page.text).iter("form"):
            if (form.get("method") or "").lower() == "post":
                path = urlsplit(form.get("action") or "").path or page.request.path
                endpoint, _ = router.match(path, "POST")
                carried = {str(field.get("name")) for field in find(form, "input", type="hidden")}
                assert carried <= ENDPOINTS[endpoint].once, (
                    f"{endpoint} carries {carried}, see web/endpoints.py"
                )

    def send(
        self, page: Any, fields: Mapping[str, Any] | None = None, *, form: int = -1, button: str = ""
    ) -> Any:
        """Fills in a form of the page (the last one, unless said otherwise) and sends it; None leaves a field out."""
        forms = [
            each for each in parsed(page.text).iter("form") if (each.get("method") or "").lower() == "post"
        ]
        chosen = forms[form] if not button else _with_button(forms, button)
        sent: dict[str, Any] = {**form_fields(chosen), **_pressed(chosen, button), **dict(fields or {})}
        sent = {name: value for name, value in sent.items() if value is not None}
        return self.post(chosen.get("action") or page.request.full_path, data=sent)


def _pressed(form: Element, button: str) -> dict[str, str]:
    buttons = [each for each in form.iter("button") if each.get("name")]
    pressed = [each for each in buttons if not button or button in words(each)]
    return {str(pressed[0].get("name")): str(pressed[0].get("value"))} if pressed else {}


def _with_button(forms: list[Element], button: str) -> Element:
    for form in forms:
        if any(button in words(each) for each in form.iter("button")):
            return form
    raise AssertionError(f"no form has a button that reads {button!r}")
