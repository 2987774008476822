"""Who answered, and through whom the answers came."""

from __future__ import annotations

from dataclasses import dataclass

ONLINE, PHONE = "online", "phone"


@dataclass(frozen=True)
class Respondent:
    channel: str = ONLINE
    name: str = ""
    """Of somebody who answered for the patient; empty where the patient did."""
    relation: str = ""
    entered_by_id: int | None = None
    """The member of staff who typed what was said on the phone."""

    def __post_init__(self) -> None:
        if (self.channel == PHONE) != (self.entered_by_id is not None):
            raise ValueError("answers by phone, and only those, are typed by a member of staff")
        if bool(self.name.strip()) != bool(self.relation.strip()):
            raise ValueError("who answers for a patient has a name and a relation")

    @property
    def answered_by(self) -> dict[str, str] | None:
        """As it is stored: None where the patient answered."""
        return {"name": self.name, "relation": self.relation} if self.name else None


THE_PATIENT = Respondent()
