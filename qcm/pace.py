"""How long a member thought about a question, told by when answers were saved. Pure."""

from datetime import datetime

# Seconds; who takes longer between two answers was away.
LONGEST = 600


def spent(since: datetime, now: datetime) -> int:
    """Whole seconds between two aware times, as far as they can be thinking: 0 to `LONGEST`."""
    return max(0, min(int((now - since).total_seconds()), LONGEST))


def shared(seconds: int, count: int) -> list[int]:
    """The seconds in `count` whole parts that differ by one at most, the larger first."""
    each, rest = divmod(seconds, count)
    return [each + (place < rest) for place in range(count)]
