"""The list of a sheet: from what was read to participants, and what each is said to be."""

from collections.abc import Sequence

from common import bulk
from trainings.models import Training

from ..models import Participant, Sheet
from ..roster.followed import ABSENT
from ..roster.people import RosterLine
from .matching import Match

State = Participant.State


def participants_of(
    lines: Sequence[RosterLine],
    matches: Sequence[Match],
    *,
    training: Training,
    sheet: Sheet | None = None,
) -> list[Participant]:
    """Unsaved participants; who was counted by another sheet, or stands above, is said so.

    `sheet` is the one whose list they are for, when there is one. One query.
    """
    counted = _counted_by_others(training, sheet)
    participants = []
    rows: dict[int, int | None] = {}
    for line, match in zip(lines, matches, strict=True):
        member = match.member if not line.problem else None
        above = line.same_as or (rows.get(member.pk) if member else None)
        problem, state = line.problem, State.UNRECOGNISED
        if problem:
            state = State.PROBLEM
        elif above:
            problem = same_person(above)
            state = State.ALREADY_COUNTED if member else State.UNRECOGNISED
        elif member:
            state = State.ALREADY_COUNTED if member.pk in counted else State.RECOGNISED
            rows[member.pk] = line.row_number
        if not (line.present or problem):
            problem = ABSENT
        participant = Participant(
            row_number=line.row_number,
            raw=line.raw,
            last_name=line.last_name,
            first_name=line.first_name,
            email=line.email,
            member_number=line.member_number,
            orias=line.orias,
            firm=line.firm,
            minutes=line.minutes,
            state=state,
            problem=problem[:300],
            same_as=above if not line.problem else None,
            is_absent=not line.present,
            included=line.present and not above,
            # By id, as the sheet below: there are thousands.
            member_id=member.pk if member else None,
            matched_by=match.by if member else "",
            staff_note="" if member else match.note,
        )
        if sheet:
            participant.sheet_id = sheet.pk
        participants.append(participant)
    return participants


def same_person(row: int) -> str:
    """What is said of a line that repeats the one at this row."""
    return f"Même personne qu’à la ligne {row}."


def refresh_repeats(sheet: Sheet, corrected: Participant) -> None:
    """Look again at the lines that repeated one, now that it is corrected.

    Those that are still its person say so still. Of the others the first stands for itself, and
    is ticked again unless the file or a person unticked it. At most three queries.
    """
    repeats = list(sheet.participants.filter(same_as=corrected.row_number or 0))
    if not repeats:
        return
    counted = _counted_by_others(sheet.training, sheet)
    rows = {_person(corrected): corrected.row_number, corrected.folded_name: corrected.row_number}
    for line in repeats:
        line.same_as = rows.get(_person(line))
        if line.same_as:
            line.problem = same_person(line.same_as)
            continue
        rows[_person(line)] = line.row_number
        line.problem = ABSENT if line.is_absent else ""
        if line.member_id:
            line.state = State.ALREADY_COUNTED if line.member_id in counted else State.RECOGNISED
        if not (line.is_absent or line.changed_at):
            line.included = True
    bulk.update(Participant, repeats, ["same_as", "problem", "state", "included"])


def _counted_by_others(training: Training, sheet: Sheet | None) -> set[int]:
    """The members whom another sheet of the training has counted."""
    return set(
        Participant.objects.counted_for(training)
        .exclude(sheet=sheet)
        .values_list("member", flat=True)
    )


def _person(participant: Participant) -> int | str:
    """Who a line is: the member, or the name typed."""
    return participant.member_id or participant.folded_name


def refresh_states(training: Training) -> None:
    """Say again, on the training's lists still to validate, who was counted already."""
    counted = Participant.objects.counted_for(training).values("member")
    lines = Participant.objects.filter(
        sheet__training=training,
        sheet__status=Sheet.Status.DRAFT,
        member__isnull=False,
        problem__in=["", ABSENT],
    )
    lines.filter(state=State.RECOGNISED, member__in=counted).update(state=State.ALREADY_COUNTED)
    lines.filter(state=State.ALREADY_COUNTED).exclude(member__in=counted).update(
        state=State.RECOGNISED
    )
