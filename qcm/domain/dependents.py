"""What, of the QCMs, depends on what the registry says of members."""

from collections.abc import Iterable

from members.domain.dependents import Touched, dependents

from ..models import Invitation


@dependents
def invitations(touched: Touched) -> Iterable[tuple[int, str]]:
    rows = Invitation.objects.filter(member__in=touched.members, invited_at__gt=touched.since)
    for invitation in rows.select_related("training"):
        yield invitation.member_id, f"invitation au QCM de « {invitation.training.title} »"
