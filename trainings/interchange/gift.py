"""Moodle's GIFT: read and written. Pure."""


def to_gift(rows) -> str:
    """The sets as a GIFT file that Moodle and this portal read."""
    raise NotImplementedError
