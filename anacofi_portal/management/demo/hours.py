"""Attendance sheets in every status, hours counted and QCM attempts of every fate."""

import io
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from attendance.domain import cancelling, counting, deposits, reading, sheets
from attendance.models import DepositedFile
from common.files import XLSX
from common.spreadsheets import write_workbook
from qcm.domain import attempts, marks
from qcm.models import Answer, Attempt, Invitation

HEADER = ["Nom", "Prénom", "E-mail", "N° adhérent", "Cabinet"]


def signed_sheet(title):
    """The bytes of an image that stands for the scan of a signed attendance sheet."""
    image = Image.new("RGB", (1000, 700), "white")
    draw = ImageDraw.Draw(image)
    draw.text(
        (60, 40), f"Feuille d'emargement : {title}".encode("ascii", "ignore").decode(), fill="black"
    )
    for line in range(12):
        top = 100 + line * 48
        draw.rectangle((60, top, 940, top + 48), outline="grey")
        draw.line((620, top, 620, top + 48), fill="grey")
        draw.arc((700, top + 8, 760 + line * 8, top + 40), 20, 300, fill="navy", width=2)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def row_of(member):
    """A member's row, as an organism would have it."""
    return [member.last_name, member.first_name, member.email, member.number, member.firm]


def deposit(training, rows, *, day, by, header=HEADER):
    """A sheet with these rows, already read."""
    scan = SimpleUploadedFile(
        "emargement.png", signed_sheet(f"{training.title}, {day:%d/%m/%Y}"), "image/png"
    )
    content = write_workbook([("Présents", [header, *rows])])
    roster = SimpleUploadedFile(f"presents-{day:%d-%m-%Y}.xlsx", content, XLSX)
    sheet = sheets.deposit(
        training,
        starts_on=day,
        ends_on=day,
        place="Paris, 92 rue d’Amsterdam",
        scan=deposits.store(training, DepositedFile.Kind.SCAN, scan, by=by),
        roster=deposits.store(training, DepositedFile.Kind.ROSTER, roster, by=by),
        by=by,
    )
    reading.READING.run(sheet.pk)
    sheet.refresh_from_db()
    return sheet


def let_time_pass(attempt, chance):
    """As if each answer had taken its time: begun earlier, saved one after the other."""
    seconds = [chance.randint(12, 95) for _ in attempt.order]
    at = timezone.now() - timedelta(seconds=sum(seconds))
    Attempt.objects.filter(pk=attempt.pk).update(started_at=at)
    answers = {one.question_id: one for one in attempt.answers.all()}
    for (question, _), spent in zip(attempt.order, seconds, strict=True):
        at += timedelta(seconds=spent)
        answers[question].saved_at, answers[question].seconds = at, spent
    Answer.objects.bulk_update(answers.values(), ["saved_at", "seconds"])


def take_qcm(invitation, *, right, chance):
    """One attempt that answers this many questions right; finished."""
    attempt = attempts.start(invitation.pk)
    answers = {}
    for rank, (question, key) in enumerate(marks.key(attempt).items()):
        shown = dict(attempt.order)[question]
        wrong = [choice for choice in shown if choice not in key][:1]
        answers[question] = sorted(key) if rank < right else wrong
    attempts.save_answers(attempt.pk, invitation.pk, answers)
    let_time_pass(attempt, chance)
    return attempts.finish(attempt.pk, invitation.pk)


def take_as(invitation, ability, chance):
    """One attempt of a member who knows `ability` percent of the subject; finished.

    The second question of each set is a bad one, which those who know best fail; all pass the
    fourth: the analysis of the QCM has something to show.
    """
    attempt = attempts.start(invitation.pk)
    key, answers = marks.key(attempt), {}
    for place, question in enumerate(sorted(key), start=1):
        odds = {2: 100 - ability, 4: 100}.get(place, ability)
        shown = dict(attempt.order)[question]
        wrong = [choice for choice in shown if choice not in key[question]]
        answers[question] = (
            sorted(key[question]) if chance.randrange(100) < odds else [chance.choice(wrong)]
        )
    attempts.save_answers(attempt.pk, invitation.pk, answers)
    let_time_pass(attempt, chance)
    return attempts.finish(attempt.pk, invitation.pk)


def make_sheets(trainings, members, administrator, chance):
    """Sheets in every status; of those invited, some pass, some fail, some have not begun."""
    main, associative, amf = trainings["main"], trainings["associative"], trainings["amf"]
    by, by_delta = main.created_by, amf.created_by
    today = timezone.localdate()

    def ago(days):
        return max(today - timedelta(days=days), date(today.year, 1, 1))

    present = [member for member in members if member.email]
    chance.shuffle(present)

    def count(training, people, *, day, by):
        sheet = deposit(training, [row_of(member) for member in people], day=day, by=by)
        return counting.validate(sheet, by=by)

    count(main, present[:24], day=ago(40), by=by)
    count(associative, present[10:34], day=ago(25), by=by)
    cancelling.cancel(
        count(amf, present[40:52], day=ago(30), by=by_delta),
        by=administrator,
        comment="Liste d’une autre session, déposée par erreur par l’organisme.",
    )
    count(amf, present[60:74], day=ago(20), by=by_delta)
    count(amf, present[74:], day=ago(18), by=by_delta)
    for invitation in open_invitations(amf)[4:]:
        ability = chance.choice([35, 55, 75, 90, 98])
        while not take_as(invitation, ability, chance).passed:
            invitation.refresh_from_db()
            if invitation.status != "open" or chance.random() < 0.3:
                break
    # To validate still, with what a roster brings: a stranger, someone counted, an empty line.
    deposit(
        main,
        [
            *[row_of(member) for member in present[20:32]],
            ["INCONNU", "Jean", "jean.inconnu@ailleurs.example", "", "Cabinet Ailleurs"],
            ["AUTRE NOM", present[50].first_name, present[50].email, present[50].number, ""],
            ["SANSNUMERO", "Lucie", "", "", ""],
        ],
        day=ago(6),
        by=by,
    )
    deposit(associative, [], day=ago(3), by=by, header=["Colonne 1", "Colonne 2"])

    take_some(open_invitations(main), chance)


def open_invitations(training):
    """The QCMs of a training that wait for their member, the oldest first."""
    return list(Invitation.objects.filter(status="open", training=training).order_by("pk"))


def take_some(invitations, chance):
    """Pass, fail once then pass, fail once, fail for good; the others have not begun."""
    for rank, invitation in enumerate(invitations):
        if rank % 4 == 1:
            take_qcm(invitation, right=6, chance=chance)
        elif rank % 4 == 2:
            take_qcm(invitation, right=2, chance=chance)
            take_qcm(invitation, right=5, chance=chance)
        elif rank % 8 == 3:
            take_qcm(invitation, right=1, chance=chance)
        elif rank % 8 == 7:
            for _ in range(invitation.attempts_allowed):
                take_qcm(invitation, right=3, chance=chance)
