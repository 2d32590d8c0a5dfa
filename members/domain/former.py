"""Keeping what members were known by before their data changed."""

from ..keys import KEY_OF
from ..models import FormerKey


def keys_of(member):
    """The compared columns of a member as they are now: {column: key}."""
    return {column: getattr(member, column) for column in KEY_OF}


def keep(changed):
    """Note the keys that changed. `changed` holds (member as it is now, keys before).

    One query for any number of members; a key noted before is noted once.
    """
    FormerKey.objects.bulk_create(
        [
            FormerKey(member=member, kind=column, value=value)
            for member, before in changed
            for column, value in before.items()
            if value and value != getattr(member, column)
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
