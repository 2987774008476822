"""Who leaves a page alone: the clinic's tablet forgets its last person, and a desk hides what stood on it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import DESK, Clinic, Open, no_violation, nothing_overflows, press, sign_in, tick

TABLET = {"width": 820, "height": 1180}
# Nothing scrolls there by itself: a scroll counts as a touch, and comes when the browser next draws.
TALL = {"width": 820, "height": 6000}
SECRET = "my very own words about a pacemaker"


def code_of(open_page: Open, clinic: Clinic, *, script: bool = True) -> str:
    """The desk makes a code for somebody who has not answered yet."""
    desk = open_page(DESK, script=script)
    sign_in(desk, clinic, "desk", "/desk/")
    desk.get_by_role("row").filter(has_text="Aisha Rahman").get_by_role("link").first.click()
    press(desk, "Make a code for the tablet")
    if script:
        no_violation(desk)
    code = desk.locator(".reference").inner_text()
    assert re.fullmatch(r"\w{4} \w{4}", code)
    return code


def begin_on(tablet: Page, clinic: Clinic, code: str) -> None:
    tablet.goto(f"{clinic.address}/s/tablet")
    no_violation(tablet)
    nothing_overflows(tablet)
    tablet.get_by_label("Code from the front desk").fill(code)
    press(tablet, "Begin")
    expect(tablet.get_by_text("What is your date of birth?")).to_be_visible()


def born(tablet: Page) -> None:
    """The one appointment of the invented clinic whose patient was sent nothing."""
    for part, value in zip(("Day", "Month", "Year"), ("29", "9", "1990"), strict=True):
        tablet.get_by_label(part, exact=True).fill(value)
    press(tablet, "Continue")


def session_of(tablet: Page) -> str:
    return next(
        (str(each.get("value")) for each in tablet.context.cookies() if each.get("name") == "patient"), ""
    )


def nothing_is_left(tablet: Page, clinic: Clinic, session: str) -> None:
    """Back, reload, typed addresses, what the browser fills in by itself, cookies and stores."""
    expect(tablet).to_have_url(f"{clinic.address}/s/tablet")
    for go in (tablet.go_back, tablet.go_back, tablet.go_forward, tablet.reload):
        go()
        assert SECRET not in tablet.content()
        assert "Are you pregnant" not in tablet.content()
    for path in ("questions", "check", "sent"):
        tablet.goto(f"{clinic.address}/s/{path}")
        assert SECRET not in tablet.content()
        expect(tablet.get_by_text("Please open your link again")).to_be_visible()
    assert session
    assert session_of(tablet) != session
    assert tablet.evaluate("window.sessionStorage.length + window.localStorage.length") == 0


def test_a_tablet_that_is_given_back_keeps_nothing_of_its_last_person(
    clinic: Clinic, open_page: Open
) -> None:
    tablet = open_page(TABLET)
    begin_on(tablet, clinic, code_of(open_page, clinic))
    born(tablet)
    no_violation(tablet)
    tablet.get_by_role("textbox").last.fill(SECRET)
    session = session_of(tablet)
    press(tablet, "Give the tablet back")
    nothing_is_left(tablet, clinic, session)


def test_a_tablet_that_is_left_alone_warns_and_then_forgets(clinic: Clinic, open_page: Open) -> None:
    tablet = open_page(TALL)
    tablet.clock.install()
    begin_on(tablet, clinic, code_of(open_page, clinic))
    born(tablet)
    session = session_of(tablet)
    tablet.get_by_role("textbox").last.fill(SECRET)
    tablet.clock.run_for(80_000)
    expect(tablet.get_by_text("Are you still there?")).to_be_hidden()
    tablet.clock.run_for(15_000)
    expect(tablet.get_by_text("Are you still there?")).to_be_visible()
    tablet.mouse.move(10, 10)
    tablet.mouse.down()
    tablet.mouse.up()
    expect(tablet.get_by_text("Are you still there?")).to_be_hidden()
    tablet.clock.run_for(121_000)
    expect(tablet.get_by_label("Code from the front desk")).to_be_visible()
    nothing_is_left(tablet, clinic, session)


def test_a_tablet_left_on_the_article_forgets_too(clinic: Clinic, open_page: Open) -> None:
    tablet = open_page({**TALL, "height": 20_000})
    tablet.clock.install()
    begin_on(tablet, clinic, code_of(open_page, clinic))
    born(tablet)
    session = session_of(tablet)
    tablet.get_by_text("Why we ask").first.click()
    tablet.get_by_role("link", name="Read more").first.click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Acupuncture and spine health")
    tablet.clock.run_for(121_000)
    expect(tablet.get_by_label("Code from the front desk")).to_be_visible()
    nothing_is_left(tablet, clinic, session)


def test_the_tablet_works_without_a_script(clinic: Clinic, open_page: Open) -> None:
    tablet = open_page(TABLET, script=False)
    tablet.goto(f"{clinic.address}/s/tablet")
    tablet.get_by_label("Code from the front desk").fill(code_of(open_page, clinic, script=False))
    press(tablet, "Begin")
    born(tablet)
    tick(tablet, "Are you pregnant, or could you be?", "No")
    press(tablet, "Give the tablet back")
    expect(tablet.get_by_label("Code from the front desk")).to_be_visible()


def test_an_idle_desk_is_warned_then_covered_and_what_was_typed_stays(
    clinic: Clinic, open_page: Open
) -> None:
    desk = open_page(DESK)
    desk.clock.install()
    sign_in(desk, clinic, "desk", "/desk/")
    desk.get_by_role("row").filter(has_text="Needs review").first.get_by_role("link").first.click()
    note = desk.locator("textarea").last
    note.fill("Ask for the device card")
    desk.clock.run_for(12 * 60_000)
    expect(desk.get_by_text("Are you still there?")).to_be_hidden()
    desk.clock.run_for(61_000)
    expect(desk.get_by_text("Are you still there?")).to_be_visible()
    no_violation(desk)
    press(desk, "Stay signed in")
    expect(desk.get_by_text("Are you still there?")).to_be_hidden()
    desk.clock.run_for(15 * 60_000 + 1_000)
    expect(desk.get_by_text("You were signed out")).to_be_visible()
    expect(note).to_be_hidden()
    press(desk, "Show the page again")
    expect(note).to_be_visible()
    assert note.input_value() == "Ask for the device card"


def test_a_page_is_not_shown_again_to_who_did_not_sign_in(clinic: Clinic, open_page: Open) -> None:
    desk = open_page(DESK)
    desk.clock.install()
    sign_in(desk, clinic, "desk", "/desk/")
    desk.clock.run_for(15 * 60_000 + 1_000)
    desk.context.clear_cookies()
    desk.get_by_role("button", name="Show the page again").click()
    expect(desk.get_by_text("You were signed out")).to_be_visible()
    expect(desk.get_by_role("table")).to_be_hidden()
