"""Addresses that e-mails carry, minted when they are sent."""

from django.conf import settings
from django.urls import reverse

from mailing.links import link_maker


@link_maker("attendance.sheet")
def sheet_url(pk):
    """The sheet in the organism's space."""
    return settings.SITE_URL + reverse("attendance:sheet", args=[pk])


@link_maker("attendance.sheet_admin")
def admin_url(pk):
    """The sheet in the admin."""
    return settings.SITE_URL + reverse("admin:attendance_sheet_change", args=[pk])


@link_maker("attendance.hours")
def hours_url():
    """Where a member asks for the way in to « Mes heures »."""
    return settings.SITE_URL + reverse("members:ask")


@link_maker("attendance.offers")
def offers_url():
    """The people offered to staff, in the admin."""
    url = reverse("admin:attendance_participant_changelist")
    return f"{settings.SITE_URL}{url}?attente=proposes"


@link_maker("attendance.line_admin")
def participant_url(pk):
    """A line in the admin."""
    return settings.SITE_URL + reverse("admin:attendance_participant_change", args=[pk])
