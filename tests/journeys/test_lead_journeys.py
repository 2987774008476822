"""The clinical lead's workshop in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import (
    DESK,
    LOOKS,
    Clinic,
    Open,
    come_in,
    no_violation,
    nothing_overflows,
    press,
    sign_in,
)
from tests.support.changed_protocol import ASPIRIN_STOPS


@pytest.fixture
def changed_file(tmp_path: Path) -> Path:
    path = tmp_path / "changed.yaml"
    path.write_text(ASPIRIN_STOPS)
    return path


def load(page: Page, clinic: Clinic, changed_file: Path) -> None:
    page.get_by_role("link", name="Versions, and a changed file").click()
    page.get_by_label("Or the file itself").set_input_files(changed_file)
    press(page, "Show what it changes")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_from_a_changed_file_to_the_desk(
    clinic: Clinic, open_page: Open, changed_file: Path, script: bool
) -> None:
    desk = open_page(DESK, script=script)
    sign_in(desk, clinic, "desk", "/desk/")
    row = desk.get_by_role("row").filter(has_text="Noor Haddad")
    expect(row).to_contain_text("Ready with changes")
    expect(desk.get_by_text("not yet signed by a clinical lead")).to_be_visible()

    lead = open_page(DESK, script=script)
    sign_in(lead, clinic, "lead", "/lead/")
    load(lead, clinic, changed_file)
    expect(lead.get_by_text("Severity: note → stop (stricter)")).to_be_visible()
    expect(lead.get_by_text("1 patient would gain a stop, none would lose one")).to_be_visible()
    lead.get_by_label("Type the number of the version that you sign").fill("2")
    lead.get_by_label("What changed and why").fill("Aspirin is to be looked at")
    lead.get_by_label("I have read what this version changes").check()
    press(lead, "Sign version 2")
    expect(lead.get_by_text("Signed by Dr Ruth Okafor")).to_be_visible()

    desk.reload()
    expect(row).to_contain_text("Out of date")
    expect(desk.get_by_text("not yet signed by a clinical lead")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_answers_are_tried_on_one_page(clinic: Clinic, open_page: Open, script: bool) -> None:
    page = open_page(DESK, script=script)
    come_in(page, clinic, "lead", "/lead/simulator")
    page.locator('[name="imp.any"][value="yes"]').check()
    page.get_by_role("button", name="Show what it means").first.click()
    page.get_by_label("Pacemaker", exact=True).check()
    page.get_by_role("button", name="Show what it means").first.click()
    expect(page.get_by_role("heading", name="I1 · Pacemaker")).to_be_visible()
    expect(page.get_by_label("Pacemaker", exact=True)).to_be_checked()


def test_a_pasted_file_is_read_as_it_is_written(clinic: Clinic, open_page: Open) -> None:
    """A file is judged letter by letter: what is read in the box is what was typed, as wide as the page."""
    page = open_page(DESK)
    come_in(page, clinic, "lead", "/lead/versions")
    box = page.get_by_label("The whole file, pasted")
    box.fill("name: Acupuncture\n  severity: stop")
    read = box.evaluate(
        "box => (({textTransform, letterSpacing}) => [textTransform, letterSpacing])(getComputedStyle(box))"
    )
    assert read == ["none", "normal"]
    assert box.evaluate("box => box.offsetWidth / box.parentElement.offsetWidth") > 0.9
    assert box.input_value() == "name: Acupuncture\n  severity: stop"


@LOOKS
def test_no_page_of_the_clinical_lead_has_a_barrier(
    clinic: Clinic, open_page: Open, changed_file: Path, size: dict[str, int], dark: bool
) -> None:
    page = open_page(size, dark=dark)
    come_in(page, clinic, "lead", "/lead/")
    for link in ("", "Read the protocol", "Try answers"):
        if link:
            page.get_by_role("link", name=link).click()
        page.wait_for_load_state("networkidle")
        no_violation(page)
        nothing_overflows(page)
        page.get_by_role("link", name="Protocol", exact=True).click()
    page.wait_for_load_state("networkidle")
    load(page, clinic, changed_file)
    no_violation(page)
    nothing_overflows(page)
    press(page, "Sign version 2")
    expect(page.get_by_role("alert")).to_be_visible()
    no_violation(page)
    page.get_by_role("link", name="Try answers on it").click()
    page.locator('[name="imp.any"][value="yes"]').check()
    page.get_by_role("button", name="Show what it means").first.click()
    expect(page.get_by_role("heading", name="What the rules make of it")).to_be_visible()
    no_violation(page)
    nothing_overflows(page)


def test_the_protocol_prints_without_buttons_and_within_the_paper(clinic: Clinic, open_page: Open) -> None:
    page = open_page({"width": 794, "height": 1123})
    come_in(page, clinic, "lead", "/lead/protocol")
    page.emulate_media(media="print")
    nothing_overflows(page)
    assert page.locator("svg[role=img]").first.evaluate("e => e.getBoundingClientRect().width") <= 794
    for button in page.get_by_role("button").all():
        expect(button).to_be_hidden()
