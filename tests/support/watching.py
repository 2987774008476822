"""A browser under watch: what runs, what breaks the content policy, what is asked of the network, what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from screening.text import visible

# What our templates draw. Anything else on a page came out of somebody's text.
TAGS: Final = (
    "html head meta title link script body header nav main footer aside section article div span p a ul ol li dl dt "
    "dd h1 h2 h3 h4 h5 form fieldset legend label input select option textarea button table caption thead tbody tfoot "
    "tr th td strong em del ins q blockquote code details summary br figure figcaption "
    "svg use g rect path text circle desc"
)
_ATTRIBUTES_OF_OTHERS: Final = (
    "on",
    "style",
    "src",
    "formaction",
    "ping",
    "background",
    "xlink",
    "http-equiv",
)

_REPORTS: Final = """
window.ran = () => console.error("ran");
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`));
"""
_SEEN: Final = """() => {
  const all = [...document.querySelectorAll("*")];
  const controls = all.filter((e) => ["input", "textarea"].includes(e.localName));
  return {
    tags: [...new Set(all.map((e) => e.localName))],
    attributes: [...new Set(all.flatMap((e) =>
      [...e.attributes].filter((a) => !(e.localName === "script" && a.name === "src")).map((a) => a.name)))],
    scripts: [...document.scripts].map((e) => e.src),
    links: [...new Set(all.filter((e) => e.hasAttribute("href")).map((e) => String(e.href?.baseVal ?? e.href)))],
    actions: [...document.forms].map((e) => e.getAttribute("action") ?? ""),
    text: document.documentElement.textContent,
    values: controls.map((e) => e.localName === "input" ? e.getAttribute("value") ?? "" : e.value),
  };
}"""
_FILL_IN: Final = """([button, text, stale]) => {
  const forms = [...document.forms].filter((form) => form.method === "post");
  const pressed = forms.flatMap((form) => [...form.querySelectorAll("button")])
    .find((each) => each.textContent.includes(button) && !each.closest(".who"));
  const typed = [...pressed.form.elements].filter((each) => each.localName === "textarea"
    || (each.localName === "input" && !["hidden", "checkbox", "radio", "file"].includes(each.type)));
  typed.forEach((each) => { if (each.localName === "input") each.type = "text"; each.value = text; });
  if (stale) pressed.form.elements.namedItem("csrf_token").value = "from long ago";
  pressed.form.noValidate = true;
  pressed.form.requestSubmit(pressed);
  return typed.filter((each) => each.name !== "password").length;
}"""
_OF_THE_PAGE: Final = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Watched:
    """One browser of one person. `breaches` holds everything that should not have happened."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.breaches: list[str] = []
        self.requested: list[str] = []
        self._pages: set[str] = set()
        context.add_init_script(_REPORTS)
        context.on("request", self._asked)
        self.page: Page = context.new_page()
        context.on("page", lambda page: self.breaches.append(f"another window: {page.url}"))
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.breaches.append(f"error of the page: {error}"))

    def _asked(self, request: Request) -> None:
        self.requested.append(request.url)
        if request.is_navigation_request():
            self._pages.add(request.url.partition("#")[0])
        parts = urlsplit(request.url)
        is_ours = request.url.startswith(f"{self.address}/")
        if not is_ours or not (request.is_navigation_request() or parts.path.startswith("/static/")):
            self.breaches.append(f"asked for {request.url}")

    def _dialog(self, dialog: Any) -> None:
        self.breaches.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "").partition("#")[0]
        is_of_the_page = _OF_THE_PAGE.match(message.text) and where in self._pages
        if message.type == "error" and not is_of_the_page:
            self.breaches.append(f"console: {message.text} {message.location}")

    def open(self, path: str, *expected: str) -> None:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status < 500, f"{answer.status} at {path}"
        self.look(*expected)

    def refused(self, button: str, text: str, *, stale: bool = False) -> None:
        """Types the text into every box of a form and sends it, from a page that is too old where asked: each box
        comes back as it was typed, but for what a page cannot hold."""
        with self.page.expect_navigation(wait_until="load"):
            boxes = self.page.evaluate(_FILL_IN, [button, text, stale])
        assert boxes, f"{button}: nothing to fill in"
        expected = visible(text)
        again = self.look(expected)["values"].count(expected)
        assert again >= boxes, f"{button}: {boxes} boxes were filled in, and {again} came back"

    def press(self, button: str, *expected: str) -> None:
        with self.page.expect_navigation(wait_until="load"):
            self.page.get_by_role("button", name=button, exact=True).first.click()
        self.look(*expected)

    def look(self, *expected: str) -> dict[str, Any]:
        """Nothing of anybody's text has become a part of the page, and each text that is expected stands in it."""
        seen: dict[str, Any] = self.page.evaluate(_SEEN)
        where = urlsplit(self.page.url).path
        found = [*self.breaches, *_strange(seen, self.address)]
        self.breaches.clear()
        assert not found, f"{where}: {found[:30]}"
        shown = "\n".join([seen["text"], *seen["values"]])
        missing = [text[:60] for text in expected if text not in shown]
        assert not missing, f"{where} does not show {len(missing)} of {len(expected)}, such as {missing[:3]}"
        return seen


def _strange(seen: dict[str, Any], address: str) -> Iterable[str]:
    yield from (f"element {tag}" for tag in seen["tags"] if tag not in TAGS.split())
    yield from (f"attribute {name}" for name in seen["attributes"] if name.startswith(_ATTRIBUTES_OF_OTHERS))
    yield from (f"script {link}" for link in seen["scripts"] if not link.startswith(f"{address}/static/"))
    yield from (f"link {link}" for link in seen["links"] if not _is_fine(link, address))
    yield from (f"form to {action}" for action in seen["actions"] if action and not _is_path(action))


def _is_fine(link: str, address: str) -> bool:
    """Our own pages, a telephone number, or the address of a source, which is always HTTPS."""
    return link.startswith((f"{address}/", "tel:", "https://", "/static/"))


def _is_path(action: str) -> bool:
    return action.startswith("/") and not action.startswith(("//", "/\\"))
