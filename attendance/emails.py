"""The e-mails about attendance, one function each, and none that grows with the members."""

from django.conf import settings
from django.utils.formats import date_format

from common.addresses import shown
from common.durations import format_minutes
from mailing import outbox
from members import emails as member_emails
from members.domain import ledger
from members.models import Member

SHEET_LINK = "attendance.sheet"
ADMIN_LINK = "attendance.sheet_admin"
HOURS_LINK = "attendance.hours"
LINE_LINK = "attendance.line_admin"
OFFERS_LINK = "attendance.offers"


def session_of(sheet):
    """« du 2 juin 2026 », or « du 2 juin 2026 au 3 juin 2026 »."""
    first, last = (date_format(day, "j F Y") for day in (sheet.starts_on, sheet.ends_on))
    return f"du {first}" if first == last else f"du {first} au {last}"


def _values(sheet):
    training = sheet.training
    return {
        "title": training.title,
        "number": training.approval_number or "",
        "organism": training.organism.name,
        "session": session_of(sheet),
        "year": training.year,
    }


def list_validated(sheet, summary):
    """To the organism: how many were recognised and how many were not."""
    outbox.queue(
        "attendance/email/list_validated",
        sheet.training.organism.email,
        {**_values(sheet), **summary},
        about=sheet,
        link=(SHEET_LINK, sheet.pk),
    )


def hours_counted(sheet, entries):
    """To each member whose associative hours were just written: them, and the year's total."""
    if not entries:
        return
    year = sheet.training.year
    ids = [entry.member_id for entry in entries]
    members = Member.objects.only("email", "first_name", "last_name", "number").in_bulk(ids)
    totals = ledger.year_totals(ids, year)
    owed = ledger.due_each(ids, year)
    values = _values(sheet)
    outbox.queue_many(
        "attendance/email/hours_counted",
        [
            (
                members[entry.member_id].email,
                {
                    **values,
                    **member_emails.named(members[entry.member_id]),
                    "minutes": format_minutes(entry.minutes),
                    "total": format_minutes(totals[entry.member_id]["total"]),
                    **_due(owed.get(entry.member_id)),
                },
                (HOURS_LINK,),
            )
            for entry in entries
        ],
        about=sheet,
    )


def _due(due):
    """What a member owes in the year, in words; empty for who owes nothing, or no AMF hours."""
    return {
        "due": format_minutes(due.minutes) if due else "",
        "due_amf": format_minutes(due.amf_minutes) if due and due.amf_minutes else "",
    }


def lines_to_confirm(sheet, summary, strangers):
    """To staff: a validated list holds people who are in nobody's registry, or not under that
    name, or (`strangers`, a number) who were no members on the session's day.
    """
    outbox.queue_many(
        "attendance/email/lines_to_confirm",
        [
            (
                staff,
                {**_values(sheet), **summary, "strangers": strangers},
                (ADMIN_LINK, sheet.pk),
            )
            for staff in settings.STAFF_EMAILS
        ],
        about=sheet,
    )


def people_offered(number):
    """To staff: the registry has changed, and people who waited are in it now."""
    outbox.queue_many(
        "attendance/email/people_offered",
        [(staff, {"number": number}, (OFFERS_LINK,)) for staff in settings.STAFF_EMAILS],
    )


def hours_cancelled(sheet, entries, reason):
    """To each member whose associative hours were countered."""
    if not entries:
        return
    ids = [entry.member_id for entry in entries]
    members = Member.objects.in_bulk(ids)
    totals = ledger.year_totals(ids, sheet.training.year)
    member_emails.hours_corrected(
        [
            member_emails.HoursTakenBack(
                member=members[entry.member_id],
                training=sheet.training,
                minutes=entry.minutes,
                kind=entry.get_kind_display(),
                reason=reason,
                total=totals[entry.member_id]["total"],
            )
            for entry in entries
        ],
        about=sheet,
    )


def sheet_cancelled(sheet, reason):
    """To the organism, with the reason."""
    outbox.queue(
        "attendance/email/sheet_cancelled",
        sheet.training.organism.email,
        {**_values(sheet), "reason": reason},
        about=sheet,
        link=(SHEET_LINK, sheet.pk),
    )


def line_cancelled(sheet, participant, reason):
    """To the organism: one person was taken off a validated list, with the reason."""
    outbox.queue(
        "attendance/email/line_cancelled",
        sheet.training.organism.email,
        {**_values(sheet), "participant": str(participant), "reason": reason},
        about=sheet,
        link=(SHEET_LINK, sheet.pk),
    )


def removal_asked(sheet, participant, reason):
    """To staff: the organism asks that someone be taken off a validated list."""
    outbox.queue_many(
        "attendance/email/removal_asked",
        [
            (
                staff,
                {**_values(sheet), "participant": str(participant), "reason": reason},
                (LINE_LINK, participant.pk),
            )
            for staff in settings.STAFF_EMAILS
        ],
        about=sheet,
    )


def limit_reached(organism, lines, account=None):
    """To staff: an organism looked up more people than it may in a day, or `account` alone did."""
    values = {
        "organism": organism.name,
        "email": shown(organism.email),
        "account": shown(account.email) if account else "",
        "lines": lines,
    }
    outbox.queue_many(
        "attendance/email/limit_reached",
        [(staff, values, None) for staff in settings.STAFF_EMAILS],
        about=organism,
    )
