"""What happened, in plain words: one line for every act that is ever recorded."""

from __future__ import annotations

from types import MappingProxyType

ACTS = MappingProxyType(
    {
        "signed in": "Signed in",
        "sign-in refused": "Sign-in failed",
        "user added": "Account added",
        "access refused": "Page refused: the account lacks the role",
        "audit read": "This list was read",
        "appointment added": "Appointment added",
        "appointment changed": "Appointment changed",
        "plan changed": "Plan of treatment changed",
        "appointment cancelled": "Appointment cancelled",
        "link issued": "Link issued",
        "tablet code issued": "Code for the tablet issued",
        "tablet opened": "Tablet started",
        "tablet closed": "Tablet given back",
        "birth date refused": "Wrong date of birth",
        "answers by phone begun": "Answers by phone begun",
        "answers received": "Answers received",
        "answers corrected": "Answers corrected",
        "correction ended": "Correction given up",
        "answers opened": "Answers opened",
        "answer verified": "Answer verified with the patient",
        "call asked for": "Call asked for",
        "call noted": "Call noted",
        "asked again on arrival": "Asked again on arrival",
        "signed off": "Signed off",
        "sign-off voided": "Sign-off no longer valid",
        "session started": "Session started",
        "session started against the gate": "Session started without a valid screening",
        "session held": "Session held",
        "protocol loaded": "Protocol version loaded",
        "protocol signed": "Protocol version signed",
        "content keys re-wrapped": "Keys of records renewed",
        "content removed": "Content removed at the end of its time",
        "retention run": "What had reached its end was removed",
    }
)
