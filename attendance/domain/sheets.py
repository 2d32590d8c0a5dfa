"""A sheet before anything of it counts: deposited, given another file, corrected, thrown away."""

from datetime import date

from django.db import transaction

from accounts.models import User
from common import stored_files
from common.errors import Refused
from trainings.models import Training

from ..models import DepositedFile, Sheet
from . import deposits, limits
from .approval import date_error, require_open
from .reading import READING, read_again

Event = Sheet.Event


def deposit(
    training: Training,
    *,
    starts_on: date,
    ends_on: date,
    place: str,
    scan: DepositedFile,
    roster: DepositedFile,
    by: User,
) -> Sheet:
    """A sheet whose roster is then read by a task.

    Raises WrongStatus unless the training is approved, or when another click sent the files;
    Refused for the dates.
    """
    with transaction.atomic():
        training = training.lock()
        require_open(training)
        if error := date_error(training, starts_on, ends_on):
            raise Refused(error)
        deposits.take(scan)
        deposits.take(roster)
        sheet = Sheet.objects.create(
            training=training,
            starts_on=starts_on,
            ends_on=ends_on,
            place=place,
            scan=scan.file.name,
            scan_name=scan.name,
            scan_type=scan.content_type,
            scan_sha256=scan.sha256,
            roster=roster.file.name,
            roster_name=roster.name,
            roster_sha256=roster.sha256,
            deposited_by=by,
        )
        sheet.write_journal(Event.DEPOSIT, by=by)
        READING.ask(sheet.pk)
    return sheet


def replace_roster(sheet: Sheet, roster: DepositedFile, *, by: User) -> None:
    """Give another file in place of one that is unreadable or wrong. Raises WrongStatus."""
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.REPLACE_ROSTER)
        require_open(sheet.training)
        deposits.take(roster)
        stored_files.delete_after_commit(sheet.roster.name)
        is_again = sheet.roster_sha256 == roster.sha256 and sheet.error == limits.LIMIT_REACHED
        if not is_again:
            # What was answered and corrected is of the other file.
            sheet.picked, sheet.answers, sheet.said = "", {}, {}
            sheet.participants.all().delete()
        sheet.roster = roster.file.name
        sheet.roster_name, sheet.roster_sha256 = roster.name, roster.sha256
        read_again(
            sheet,
            Event.REPLACE_ROSTER,
            by=by,
            comment=f"Autre fichier : {roster.name}",
            update_fields=["roster", "roster_name", "roster_sha256", "picked", "answers", "said"],
        )


def change_session(sheet: Sheet, *, starts_on: date, ends_on: date, place: str, by: User) -> None:
    """Correct the session's days and place before validating; WrongStatus, Refused."""
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.CHANGE_SESSION)
        if error := date_error(sheet.training, starts_on, ends_on):
            raise Refused(error)
        days = (sheet.ends_on - sheet.starts_on, ends_on - starts_on)
        sheet.starts_on, sheet.ends_on, sheet.place = starts_on, ends_on, place
        sheet.move(
            Event.CHANGE_SESSION,
            by=by,
            comment=f"{starts_on:%d/%m/%Y} – {ends_on:%d/%m/%Y}, {place}".rstrip(", "),
            update_fields=["starts_on", "ends_on", "place"],
        )
        if days[0] != days[1] and sheet.may(Event.ANSWER):
            # « Matin » is another part of two days than of one.
            read_again(sheet, Event.ANSWER, by=by, comment="Nombre de jours corrigé")


def discard(sheet: Sheet) -> None:
    """Delete a sheet of which nothing was counted, and its files. Raises WrongStatus."""
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.DISCARD)
        stored_files.delete_after_commit(
            sheet.scan.name,
            sheet.roster.name,
            *sheet.second_readings.values_list("roster", flat=True),
        )
        sheet.delete()
