"""Whole journeys in a real Chromium: with and without JavaScript, on a phone and a desk, by keyboard, in the dark."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from screening.account.invitations import add_user
from tests.support.browser import (
    DESK,
    LOOKS,
    PHONE,
    Clinic,
    Open,
    answer_risks,
    come_in,
    enter,
    no_violation,
    nothing_overflows,
    press,
    sign_in,
    start,
    tick,
)
from tests.support.invented import PASSWORD


@pytest.mark.quick
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_from_the_patient_to_the_signature(clinic: Clinic, open_page: Open, script: bool) -> None:
    patient = open_page(script=script)
    start(patient, clinic)
    answer_risks(patient)
    expect(patient.get_by_role("heading", level=1)).to_have_text("Check your answers before you send them")
    press(patient, "Send my answers")
    expect(patient.get_by_role("heading", level=1)).to_have_text("We have your answers")

    desk = open_page(DESK, script=script)
    sign_in(desk, clinic, "desk", "/desk/")
    row = desk.get_by_role("row").filter(has_text="Robin Ellery")
    expect(row).to_contain_text("Needs review")
    expect(row).to_contain_text("Stop")

    provider = open_page(DESK, script=script)
    sign_in(provider, clinic, "provider", "/provider/")
    provider.get_by_role("link", name="Robin Ellery").click()
    for flag in provider.get_by_role("article").all():
        assert flag.locator('a[href^="/article/#"]').count()
        flag.get_by_label("Adapt the treatment").check()
    press(provider, "Save and sign")
    expect(provider.get_by_role("heading", name="Signed by Dr Amara Osei")).to_be_visible()

    desk.reload()
    expect(row).to_contain_text("Ready with changes")


def say_of(page: Page, about: str, answer: str) -> None:
    """Says whether what was told about something has changed."""
    group = page.get_by_role("group", name=re.compile(f"Has anything changed since .*{about}"))
    group.get_by_label(answer, exact=True).check()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_patient_who_returns_tells_what_has_changed(clinic: Clinic, open_page: Open, script: bool) -> None:
    patient = open_page(script=script)
    enter(patient, clinic.link_of_returning, ("2", "4", "1961"))
    expect(patient.locator("input:checked")).to_have_count(0)
    expect(patient.locator(".told")).to_contain_text(["No", "Apixaban (Eliquis)", "Joint replacement"])
    tick(patient, "Are you pregnant, or could you be?", "This can't apply to me")
    say_of(patient, "a bleeding problem", "No, nothing has changed")
    say_of(patient, "thins your blood", "Yes, something has changed")
    say_of(patient, "put inside your body", "No, nothing has changed")
    tick(patient, "Do any of these apply to you?", "None of these")
    press(patient, "Continue")
    expect(patient.locator("input:checked")).to_have_count(0)
    expect(patient.locator(".last-time")).to_contain_text("Apixaban (Eliquis)")
    tick(patient, "Do you take medicine that thins", "Daily aspirin")
    press(patient, "Continue")
    tick(patient, "Why do you take it?", "Other")
    press(patient, "Continue")
    expect(patient.get_by_role("heading", level=1)).to_have_text("Check your answers before you send them")
    expect(patient.get_by_text("nothing has changed").first).to_be_visible()
    press(patient, "Send my answers")

    provider = open_page(DESK, script=script)
    come_in(provider, clinic, "provider", "/provider/")
    provider.get_by_role("link", name="Helen Marsh").click()
    expect(provider.locator("table.changes")).to_contain_text("Daily aspirin")
    expect(provider.locator("table.changes")).not_to_contain_text("Joint replacement")
    provider.get_by_text("answers read as before").click()
    expect(provider.get_by_text("Joint replacement").first).to_be_visible()
    expect(provider.get_by_text("Not asked anew: kept from")).to_be_visible()


@LOOKS
def test_no_page_of_a_patient_who_returns_has_a_barrier(
    clinic: Clinic, open_page: Open, size: dict[str, int], dark: bool
) -> None:
    page = open_page(size, dark=dark)
    enter(page, clinic.link_of_returning, ("2", "4", "1961"))
    no_violation(page)
    nothing_overflows(page)
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    no_violation(page)
    tick(page, "Are you pregnant, or could you be?", "No")
    tick(page, "Do any of these apply to you?", "None of these")
    say_of(page, "a bleeding problem", "Not sure")
    for about in ("thins your blood", "put inside your body"):
        say_of(page, about, "No, nothing has changed")
    press(page, "Continue")
    no_violation(page)
    tick(page, "Has a health worker ever said", "No")
    press(page, "Continue")
    no_violation(page)
    nothing_overflows(page)
    press(page, "Send my answers")
    provider = open_page(size, dark=dark)
    come_in(provider, clinic, "provider", "/provider/")
    provider.get_by_role("link", name="Helen Marsh").click()
    provider.get_by_text("answers read as before").click()
    no_violation(provider)
    nothing_overflows(provider)


def test_every_section_that_a_flag_names_opens_in_the_article(clinic: Clinic, open_page: Open) -> None:
    page = open_page(DESK)
    come_in(page, clinic, "provider", "/provider/")
    page.get_by_role("link", name="Harold Finch").click()
    links = page.locator('article a[href^="/article/#"]').evaluate_all("all => all.map(each => each.href)")
    for address in sorted(set(links)):
        page.goto(address)
        expect(page.locator(":target")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_of_the_patient_has_a_barrier(clinic: Clinic, open_page: Open, dark: bool) -> None:
    page = open_page(dark=dark)
    page.goto(clinic.link)
    no_violation(page)
    start(page, clinic)
    no_violation(page)
    nothing_overflows(page)
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    no_violation(page)
    answer_risks(page)
    no_violation(page)
    press(page, "Send my answers")
    no_violation(page)
    nothing_overflows(page)


@LOOKS
def test_no_page_of_staff_has_a_barrier(
    clinic: Clinic, open_page: Open, size: dict[str, int], dark: bool
) -> None:
    page = open_page(size, dark=dark)
    page.goto(clinic.address + "/desk/")
    no_violation(page)
    sign_in(page, clinic, "desk", "/desk/")
    for step in ("", "Harold Finch", "Move or change the appointment"):
        if step:
            page.get_by_role("link", name=step).click()
        no_violation(page)
        nothing_overflows(page)
    for path in ("/desk/new", "/desk/day-sheet"):
        page.goto(clinic.address + path)
        no_violation(page)
        nothing_overflows(page)
    other = open_page(size, dark=dark)
    come_in(other, clinic, "provider", "/provider/")
    no_violation(other)
    for name in ("Harold Finch", "Noor Haddad"):
        other.goto(clinic.address + "/provider/")
        other.get_by_role("link", name=name).click()
        no_violation(other)
        nothing_overflows(other)


def _add_lead(app: Flask) -> None:
    with app.app_context():
        add_user("quality@harbour.example", "Quinn Lead", PASSWORD, ["clinical-lead"])


@LOOKS
def test_the_gate_and_what_is_verified_have_no_barrier(
    clinic: Clinic, open_page: Open, size: dict[str, int], dark: bool
) -> None:
    page = open_page(size, dark=dark)
    come_in(page, clinic, "provider", "/provider/")
    page.get_by_role("link", name="Harold Finch").click()
    page.get_by_role("link", name="Note what you found out").first.click()
    no_violation(page)
    nothing_overflows(page)
    page.get_by_role("main").get_by_role("radio").first.check()
    page.get_by_label("It is on the device card").check()
    press(page, "Note this beside the answer")
    expect(page.get_by_text("Verified with the patient").first).to_be_visible()
    no_violation(page)
    page.get_by_text("Start the session all the same").click()
    press(page, "Start it, with this reason")
    expect(page.get_by_role("alert")).to_contain_text("Write why it goes ahead")
    no_violation(page)
    page.get_by_label("Why does the session go ahead").fill("Severe pain today")
    press(page, "Start it, with this reason")
    expect(page.get_by_text("The session is started.")).to_be_visible()
    no_violation(page)
    nothing_overflows(page)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_add_lead, clinic.app).result()
    lead = open_page(size, dark=dark)
    come_in(lead, clinic, "quality", "/lead/overrides")
    expect(lead.get_by_text("Severe pain today")).to_be_visible()
    no_violation(lead)
    nothing_overflows(lead)


@pytest.mark.parametrize("path", ["/article/", "/", "/nowhere"])
def test_no_public_page_has_a_barrier(clinic: Clinic, open_page: Open, path: str) -> None:
    for size in (PHONE, DESK):
        page = open_page(size)
        page.goto(clinic.address + path)
        no_violation(page)
        nothing_overflows(page)


def test_the_form_is_answered_by_keyboard_alone(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    page.goto(clinic.link)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Day", exact=True).focus()
    for typed in ("27", "Tab", "3", "Tab", "1980"):
        page.keyboard.press("Tab") if typed == "Tab" else page.keyboard.type(typed)
    page.keyboard.press("Enter")
    for name in ("preg.status", "bleed.condition", "imp.any"):
        page.locator(f'[name="{name}"][value="no"]').focus()
        page.keyboard.press("Space")
    for name in ("bleed.medicine", "also"):
        page.locator(f'[name="{name}"][value="none"]').focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Continue").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send my answers").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your answers")


def test_an_error_is_heard_and_leads_to_its_question(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    start(page, clinic)
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Are you pregnant").first.click()
    expect(page.locator('[name="preg.status"]').first).to_be_focused()


def test_a_change_leads_to_its_question_and_leaves_no_trace_in_the_next_address(
    clinic: Clinic, open_page: Open
) -> None:
    page = open_page()
    start(page, clinic)
    answer_risks(page)
    page.get_by_role("link", name="Do any of these apply").click()
    expect(page.get_by_text("Do any of these apply")).to_be_in_viewport()
    press(page, "Continue")
    expect(page).to_have_url(f"{clinic.address}/s/check")


def test_a_long_word_of_the_patient_does_not_widen_the_page(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    start(page, clinic)
    page.get_by_label("Would you like to ask").fill("word" * 60)
    answer_risks(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers before you send them")
    nothing_overflows(page)


def test_touch_targets_are_large(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    start(page, clinic)
    small: list[Any] = page.locator("label.choice, button, summary").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height).filter(h => h < 44)"
    )
    assert small == []


def test_nothing_is_asked_of_another_origin(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    start(page, clinic)
    answer_risks(page)
    press(page, "Send my answers")
    page.goto(clinic.address + "/article/")
    assert asked
    assert all(address.startswith(clinic.address) for address in asked)


def test_the_browser_reports_no_breach_of_the_content_policy(clinic: Clinic, open_page: Open) -> None:
    page = open_page(DESK)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, clinic, "desk", "/desk/")
    page.get_by_role("link", name="Aisha Rahman").click()
    press(page, "Make a link")
    page.get_by_role("button", name="Copy").click()
    assert said == []


def answer_nothing(page: Page) -> None:
    for name in ("preg.status", "bleed.condition", "imp.any"):
        page.locator(f'[name="{name}"][value="no"]').check()
    for name in ("bleed.medicine", "also"):
        page.locator(f'[name="{name}"][value="none"]').check()
    press(page, "Continue")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_patient_changes_an_answer_and_the_signature_ends(
    clinic: Clinic, open_page: Open, script: bool
) -> None:
    patient = open_page(script=script)
    start(patient, clinic)
    answer_nothing(patient)
    press(patient, "Send my answers")
    provider = open_page(DESK, script=script)
    come_in(provider, clinic, "provider", "/provider/")
    provider.get_by_role("link", name="Robin Ellery").click()
    press(provider, "Save and sign")

    press(patient, "Change my answers")
    patient.get_by_role("link", name="Change your answer: Are you pregnant").click()
    tick(patient, "Are you pregnant, or could you be?", "Not sure")
    press(patient, "Continue")
    expect(patient.get_by_role("region", name="What you change")).to_contain_text("Not sure")
    press(patient, "Send my changed answers")
    expect(patient.get_by_text("They replace the ones with reference")).to_be_visible()

    provider.reload()
    expect(provider.get_by_role("region", name="What changed since the last signed")).to_contain_text(
        "Not sure"
    )
    expect(provider.get_by_role("region", name="No longer valid")).to_contain_text("The patient corrected")
    expect(provider.get_by_role("heading", name="Signed by")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_of_a_correction_has_a_barrier(clinic: Clinic, open_page: Open, dark: bool) -> None:
    page, other = open_page(dark=dark), open_page(DESK, dark=dark)
    start(page, clinic)
    answer_nothing(page)
    press(page, "Send my answers")
    press(page, "Change my answers")
    no_violation(page)
    page.goto(clinic.address + "/s/questions")
    no_violation(page)
    tick(page, "Are you pregnant, or could you be?", "Not sure")
    press(page, "Continue")
    no_violation(page)
    nothing_overflows(page)
    page.goto(clinic.address + "/s/sent")
    no_violation(page)
    start(other, clinic)
    expect(other.get_by_role("heading", level=1)).to_have_text("We have your answers")
    other.wait_for_load_state()
    other.goto(clinic.address + "/s/questions")
    page.goto(clinic.address + "/s/check")
    press(page, "Send my changed answers")
    no_violation(page)
    other.get_by_label("Would you like to ask").fill("Keep me")
    press(other, "Continue")
    expect(other.get_by_role("alert")).to_contain_text("while this page was open")
    expect(other.get_by_label("Would you like to ask")).to_have_value("Keep me")
    no_violation(other)
    nothing_overflows(other)


@LOOKS
def test_the_desk_takes_answers_by_phone_without_a_barrier(
    clinic: Clinic, open_page: Open, size: dict[str, int], dark: bool
) -> None:
    page = open_page(size, dark=dark)
    come_in(page, clinic, "desk", "/desk/")
    page.get_by_role("link", name="Robin Ellery").click()
    page.get_by_role("link", name="Take the answers by phone").click()
    no_violation(page)
    press(page, "Begin the questions")
    expect(page.get_by_role("alert")).to_be_focused()
    no_violation(page)
    page.get_by_label("The caller said this full name").check()
    page.get_by_label("Date of birth that the caller says").fill("1980-03-27")
    page.get_by_label("Somebody for the patient").check()
    page.get_by_label("Name of the person who answers").fill("Maria Lopez")
    page.get_by_label("Relation to the patient").fill("daughter")
    press(page, "Begin the questions")
    no_violation(page)
    answer_risks(page)
    no_violation(page)
    nothing_overflows(page)
    press(page, "Send the answers")
    expect(page.get_by_role("heading", name="Read this to the caller")).to_be_visible()
    no_violation(page)
    nothing_overflows(page)
    page.get_by_role("link", name="To the appointment").first.click()
    expect(page.get_by_text("answered by Maria Lopez (daughter), typed by").first).to_be_visible()
    no_violation(page)
