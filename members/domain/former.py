"""Keeping what members were known by before their data changed."""

from collections.abc import Iterable

from django.db import transaction

from ..keys import KEY_OF
from ..models import FormerKey, Member

# The compared columns of a member: {column: key}.
Keys = dict[str, str]


def keys_of(member: Member) -> Keys:
    """The compared columns of a member as they are now."""
    return {column: getattr(member, column) for column in KEY_OF}


def keep(changed: Iterable[tuple[Member, Keys]]) -> None:
    """Note the keys that changed. `changed` holds (member as it is written, keys before).

    One query for any number of members; a key noted before is noted once.
    """
    note(
        FormerKey(member=member, kind=column, value=value)
        for member, before in changed
        for column, value in before.items()
        if value and value != getattr(member, column)
    )


def note(keys: Iterable[FormerKey]) -> None:
    """Write these unsaved keys, but those that are noted already."""
    FormerKey.objects.bulk_create(keys, batch_size=500, ignore_conflicts=True)


def save_member(member: Member) -> Member:
    """Write a member as they were typed in, and keep what they were known by before."""
    with transaction.atomic():
        known = Member.objects.select_for_update().filter(pk=member.pk).first()
        member.save()
        if known:
            keep([(member, keys_of(known))])
    return member
