"""The list of a sheet: from what was read to participants, and what each is said to be."""

from collections.abc import Sequence
from fractions import Fraction

from common import bulk
from trainings.models import Training

from ..models import Participant, Sheet
from ..roster.followed import ABSENT, half_days_of, minutes_of_part
from ..roster.merging import ONCE, SUM
from ..roster.people import RosterLine
from ..roster.questions import SHOWN_ROWS, Answers, Question, at_rows, lines
from .matching import Match

State = Participant.State
# The question about times of one member on several lines, and what it is answered.
AGAIN = "again"
# What a correction by hand decides of a line.
CORRECTED = (
    "last_name",
    "first_name",
    "email",
    "member_number",
    "orias",
    "firm",
    "minutes",
    "state",
    "problem",
    "same_as",
    "member_id",
    "matched_by",
    "staff_note",
    "is_corrected",
)


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
    days = (sheet.ends_on - sheet.starts_on).days + 1 if sheet else 1
    halves = half_days_of(days, training.duration_minutes, [line.half_days or 0 for line in lines])
    participants: list[Participant] = []
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
            minutes=_minutes_of(line, training, halves),
            rows=line.rows,
            evidence=line.evidence[:300],
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


def _minutes_of(line: RosterLine, training: Training, halves: int) -> int | None:
    """The minutes that somebody followed; of a share or of half-days, those of the training.

    `halves` are the half-days of the whole.
    """
    duration = training.duration_minutes
    part = line.share
    if line.half_days is not None:
        part = min(Fraction(line.half_days, halves), Fraction(1))
    if line.minutes is not None or duration is None:
        return line.minutes
    if part is None and not line.missed:
        return None
    whole = duration if part is None else minutes_of_part(part, duration)
    return max(whole - line.missed, 0)


def add_up(participants: Sequence[Participant], answers: Answers) -> list[Question]:
    """Two lines of one member that each tell a time: added up, or counted once? Asked, or done.

    Of lines that the file itself shows to be one person, reading has decided already.
    """
    first = {line.row_number: line for line in participants if line.row_number}
    pairs = [
        (line, first[line.same_as])
        for line in participants
        if line.same_as and line.minutes and line.member_id and first[line.same_as].minutes
    ]
    if not pairs or answers.get(AGAIN) == ONCE:
        return []
    if answers.get(AGAIN) == SUM:
        for line, above in pairs:
            above.minutes = (above.minutes or 0) + (line.minutes or 0)
            above.rows = [*above.rows, *line.rows]
            above.evidence = f"{above.evidence} ; additionné à la ligne {line.row_number}"[:300]
        return []
    rows = [line.row_number or 0 for line, _ in pairs]
    return [
        Question(
            AGAIN,
            f"{lines(len(pairs)).capitalize()} d’une personne qui est déjà plus haut, avec un "
            f"temps de plus ({at_rows(rows)}). S’ajoute-t-il ?",
            [[SUM, "Oui, il s’ajoute"], [ONCE, "Non, c’est le même"]],
            rows[:SHOWN_ROWS],
        )
    ]


def keep_changes(sheet: Sheet, participants: Sequence[Participant]) -> None:
    """Give lines read again what a person ticked or corrected on them before. One query."""
    changed = sheet.participants.filter(changed_at__isnull=False, row_number__isnull=False)
    before = {line.row_number: line for line in changed}
    for line in participants if before else ():
        old = before.get(line.row_number)
        if old is None or old.raw != line.raw:
            continue
        line.included, line.changed_by_id, line.changed_at = (
            old.included,
            old.changed_by_id,
            old.changed_at,
        )
        if old.is_corrected:
            for name in CORRECTED:
                setattr(line, name, getattr(old, name))


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
