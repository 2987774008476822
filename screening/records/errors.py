"""Why something was not written."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID


class Conflict(Exception):
    """Something changed since the page was opened; says what, so that the reader looks again."""


class Incomplete(Exception):
    """A sign-off lacks something; says what, by flag."""

    def __init__(self, missing: Mapping[UUID, str]) -> None:
        self.missing = missing
        super().__init__("; ".join(missing.values()))
