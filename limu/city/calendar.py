"""The day on which the city lives: today, as long as its named records are what the journeys expect (ux.md 5.7)."""

from datetime import date

STORY = "2026-11-23T09:00+08:00"
# B may be repaired from 2026-11-01, C only from 2027-03-01; A and B are public until 2027-07-01.
FROM, UNTIL = date(2026, 11, 2), date(2027, 3, 1)


def story_now(today: date) -> str | None:
    """Name the instant the city's clock is set to; None where the machine's own day will do."""
    return None if FROM <= today < UNTIL else STORY
