"""What, of the lists, depends on what the registry says of members."""

from collections.abc import Iterable

from django.db.models import Q

from members.domain.dependents import Touched, dependents

from ..models import Participant


@dependents
def lists(touched: Touched) -> Iterable[tuple[int, str]]:
    """Lists validated since, which judged who was a member; any that names who came since."""
    rows = Participant.objects.filter(
        Q(member__in=touched.members, sheet__validated_at__gt=touched.since)
        | Q(member__in=touched.new)
    )
    for line in rows.select_related("sheet__training").order_by("pk"):
        if line.member_id is not None:
            yield (
                line.member_id,
                f"liste de « {line.sheet.training.title} » du {line.sheet.starts_on:%d/%m/%Y}",
            )
