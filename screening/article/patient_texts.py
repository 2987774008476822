"""What patients read beside the protocol: the article, and the words of the pages that they see."""

from __future__ import annotations

import re
from pathlib import Path

from screening.article.rendering import plain_texts

_TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_SEEN = ("base.html", "home.html", "error.html", "intake/*.html", "questionnaire/*.html", "article/*.html")
_MACHINERY = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<script.*?</script>|<style.*?</style>", re.DOTALL)
_BREAKS = re.compile(r"</?(p|h[1-6]|li|dt|dd|button|summary|label|legend|title|div)\b[^>]*>")
_TAGS = re.compile(r"<[^>]*>", re.DOTALL)


def patient_pages() -> dict[str, str]:
    """By where it stands; each sentence, heading or button on a line of its own."""
    return {**plain_texts(), **_page_words()}


def _page_words() -> dict[str, str]:
    files = sorted(file for pattern in _SEEN for file in _TEMPLATES.glob(pattern))
    words = {
        f"page {file.relative_to(_TEMPLATES)}": _words(file.read_text(encoding="utf-8")) for file in files
    }
    return {name: text for name, text in words.items() if text}


def _words(template: str) -> str:
    text = _TAGS.sub(" ", _BREAKS.sub("\n", _MACHINERY.sub(" ", template)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if re.search("[a-z]", line))
