"""How long a link holds, and how many wrong dates of birth close it, or the place that they come from."""

from __future__ import annotations

from datetime import timedelta

# A link holds until the end of the visit; a late patient may still answer at the desk.
HOLDS_AFTER_START = timedelta(hours=12)
WRONG_BIRTH_DATES = 5
# A whole clinic, or a phone company, may share one address: many people make a slip, nobody makes a hundred an hour.
WRONG_FROM_ONE_PLACE = 100
WRONG_FROM_ONE_PLACE_WITHIN = timedelta(hours=1)
