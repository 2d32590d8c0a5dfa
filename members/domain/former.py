"""Keeping what members were known by before their data changed."""

from collections.abc import Iterable

from django.db import transaction

from common import bulk

from ..keys import KEY_OF
from ..models import FormerKey, Member

# The compared columns of a member: {column: key}.
Keys = dict[str, str]


def keys_of(member: Member) -> Keys:
    """The compared columns of a member as they are now."""
    return {column: getattr(member, column) for column in KEY_OF}


def keep(changed: Iterable[tuple[Member, Keys]]) -> list[FormerKey]:
    """Note the keys that changed; those that were not noted before.

    `changed` holds (member as it is written, keys before). Few queries for any number of members.
    """
    return note(
        FormerKey(member=member, kind=column, value=value)
        for member, before in changed
        for column, value in before.items()
        if value and value != getattr(member, column)
    )


def note(keys: Iterable[FormerKey]) -> list[FormerKey]:
    """Write these unsaved keys, but those that are noted already; those written."""
    keys = list(keys)
    members = list({key.member_id for key in keys})
    known = {
        found
        for start in range(0, len(members), bulk.BATCH)
        for found in FormerKey.objects.filter(
            member__in=members[start : start + bulk.BATCH]
        ).values_list("member_id", "kind", "value")
    }
    new = [key for key in keys if (key.member_id, key.kind, key.value) not in known]
    # Another who writes the same at this moment comes first.
    FormerKey.objects.bulk_create(new, batch_size=bulk.BATCH, ignore_conflicts=True)
    return new


def save_member(member: Member) -> Member:
    """Write a member as they were typed in, and keep what they were known by before."""
    with transaction.atomic():
        known = Member.objects.select_for_update().filter(pk=member.pk).first()
        member.save()
        if known:
            keep([(member, keys_of(known))])
    return member
