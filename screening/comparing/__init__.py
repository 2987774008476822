"""What a changed protocol would change: rule by rule in words, and on real answers. Pure."""

from screening.comparing.difference import Change, Difference, Direction, Piece
from screening.comparing.replaying import Case, Replay, RuleTally, replay
from screening.comparing.versions import compare

__all__ = [
    "Case",
    "Change",
    "Difference",
    "Direction",
    "Piece",
    "Replay",
    "RuleTally",
    "compare",
    "replay",
]
