"""The QCM's e-mails, word for word where it matters: to whom, subject, text, HTML, link."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mailing import delivery
from mailing.links import minted
from mailing.models import Message
from qcm import emails, links
from qcm.domain import invitations
from qcm.domain.invitations import invite, withdraw
from qcm.models import Invitation
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import path_of, take

DEADLINE = "31 janvier 2027 à 23:59"


@pytest.fixture
def invitation(db):
    training = factories.make_amf_training(title="L’assurance & vous", year=2026)
    one = factories.make_invitation(
        training, factories.make_member(first_name="Zoé", last_name="Noël", number="A00042")
    )
    one.deadline_at = datetime(2027, 1, 31, 22, 59, tzinfo=UTC)
    one.session_on = date(2026, 3, 12)
    one.save()
    return one


def rendered(template, *, link=True):
    """(to, subject, text, html) of the only waiting mail of this template."""
    message = Message.objects.get(template=f"qcm/email/{template}")
    url = minted(message.link)
    assert bool(url) is link
    subject, text, html = delivery.render(message, url)
    if url:
        assert url in text
        assert f'href="{url}"' in html
    return message.to, " ".join(subject.split()), text, html


def test_the_invitation_gives_title_hours_deadline_rules_and_a_link_that_opens_it(
    invitation, client
):
    emails.invited([invitation], pass_mark=70)
    to, subject, text, html = rendered("invited")
    assert to == invitation.member.email
    assert subject == "QCM à passer pour Zoé Noël : L’assurance & vous"
    assert text.startswith(
        "Bonjour Zoé Noël (adhérent A00042),\n\n"
        "Vous avez suivi la formation « L’assurance & vous » (session du "
        "12 mars 2026). Pour que ses 1\u202fh AMF comptent dans votre année, il vous reste à "
        "passer son QCM.\n\n"
        f"• à passer avant le {DEADLINE}\n"
        "• seuil de réussite : 70\u202f% de bonnes réponses\n"
        "• 3 tentatives\n"
    )
    assert "<li>3 tentatives</li>" in html
    assert "L’assurance &amp; vous" in html
    url = minted(Message.objects.get().link)
    assert client.get(path_of(url))["Location"] == f"/qcm/{invitation.pk}/"


def test_a_pass_tells_score_hours_and_total(invitation):
    take(invitation, right=3)
    to, subject, text, html = rendered("passed", link=False)
    assert (to, subject) == (invitation.member.email, "QCM réussi par Zoé Noël : 1 h AMF comptées")
    assert (
        "Bravo : vous avez réussi le QCM de la formation « L’assurance & vous », avec 3 bonnes "
        "réponses sur 4 (75\u202f%). Il en fallait 70\u202f%.\n\n"
        "1\u202fh AMF sont comptées. Votre total 2026 est maintenant de 1\u202fh." in text
    )
    assert "Votre total 2026 est maintenant de 1\u202fh." in html


def test_a_failure_tells_score_and_attempts_left_with_the_link(invitation):
    take(invitation, right=1)
    to, subject, text, _ = rendered("failed")
    assert (to, subject) == (
        invitation.member.email,
        "QCM non réussi par Zoé Noël : L’assurance & vous",
    )
    assert "avec 1 bonne réponse sur 4 (25\u202f%)" in text
    assert f"Il vous reste 2 tentatives, avec d’autres questions, jusqu’au {DEADLINE}." in text


def test_a_failure_in_overtime_says_that_the_deadline_has_passed(invitation):
    attempt = steps.start(invitation)
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(hours=1))
    steps.finish(attempt)
    _, _, text, _ = rendered("failed", link=False)
    assert "Le délai pour une nouvelle tentative est passé depuis le " in text


def test_the_last_failure_tells_the_member_and_staff(invitation, settings):
    settings.STAFF_EMAILS = ["formation@anacofi.test", "direction@anacofi.test"]
    Invitation.objects.update(attempts_allowed=1)
    take(invitation, right=0)
    _, _, text, _ = rendered("failed", link=False)
    assert "C’était votre dernière tentative." in text
    assert (
        list(
            Message.objects.filter(template="qcm/email/attempts_exhausted")
            .order_by("pk")
            .values_list("to", flat=True)
        )
        == settings.STAFF_EMAILS
    )
    Message.objects.filter(to="direction@anacofi.test").delete()
    _, subject, text, _ = rendered("attempts_exhausted")
    assert subject == "Tentatives épuisées : Zoé Noël, L’assurance & vous"
    assert "Zoé Noël (n° A00042) a utilisé ses 1 tentative" in text
    assert f"/admin/qcm/invitation/{invitation.pk}/change/" in text


def test_a_withdrawal_tells_why_without_any_link(invitation):
    withdraw([invitation], reason="Feuille déposée deux fois")
    to, subject, text, html = rendered("withdrawn", link=False)
    assert (to, subject) == (
        invitation.member.email,
        "QCM retiré pour Zoé Noël : L’assurance & vous",
    )
    assert "Motif : Feuille déposée deux fois" in text
    assert "Feuille déposée deux fois" in html


def test_hours_taken_back_and_given_again_tell_the_total(invitation):
    take(invitation, right=4)
    withdraw([invitation], reason="Mauvaise liste")
    _, subject, text, _ = rendered("uncounted", link=False)
    assert subject == "Heures AMF retirées pour Zoé Noël : L’assurance & vous"
    assert "Votre total 2026 est maintenant de 0\u202fh." in text
    with transaction.atomic():
        invite(
            training=invitation.training,
            session_on=invitation.session_on,
            minutes_by_member={invitation.member_id: 60},
        )
    _, subject, text, _ = rendered("recounted", link=False)
    assert subject == "Heures AMF comptées pour Zoé Noël : L’assurance & vous"
    assert "Votre total 2026 est maintenant de 1\u202fh." in text


def test_a_granted_attempt_comes_with_the_link(invitation, administrator):
    Invitation.objects.update(status="failed")
    invitations.grant_attempt(invitation, by=administrator, comment="Panne.")
    to, subject, text, _ = rendered("attempt_granted")
    assert to == invitation.member.email
    assert subject == "Nouvelle tentative accordée pour Zoé Noël : L’assurance & vous"
    assert "Panne." not in text


def test_a_link_is_kept_nowhere(invitation):
    emails.invited([invitation], pass_mark=70)
    url = links.invitation_url(invitation.pk)
    token = url.rstrip("/").split("/")[-1]
    delivery.deliver_due()
    message = Message.objects.get()
    assert message.state == "sent"
    kept = f"{message.text} {message.html} {message.values} {message.link}"
    assert token not in kept
    assert "/qcm/lien/" not in kept
