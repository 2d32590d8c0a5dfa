"""One portal with something of everything in it, and a client for each visitor."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from attendance.domain import deposits
from attendance.models import SecondReading
from members import links as member_links
from members.models import Member, SignInLink
from organisms.links import SALT as INVITE
from qcm import links as qcm_links
from qcm.domain.regrading import decide
from tests import factories
from tests.access.visitors import VISITORS
from tests.conftest import portal_settings
from tests.files import make_pdf
from tests.qcm import steps
from trainings.domain import corrections, documents, versions, writing
from trainings.models import Document, Question
from trainings.questions.rows import QuestionRow

TYPED = QuestionRow("Question ?")


@dataclass(frozen=True)
class Made:
    """The rows of a world: keys of users and members' invitations by visitor, and of objects."""

    users: dict
    invitations: dict
    objects: dict


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The rows of a world and the folder of their files, made once for a module.

    Each test runs in a transaction inside this one: what it changes of them is undone after it.
    """
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(**portal_settings(folder)):
            rows = make_rows()
        yield rows, folder
        transaction.set_rollback(True)


@pytest.fixture
def world(made, db, settings):
    """What the arguments of the table name, and a client for each visitor."""
    rows, folder = made
    for name, value in portal_settings(folder).items():
        setattr(settings, name, value)
    clients = {name: Client() for name in VISITORS}
    users = {name: User.objects.get(pk=pk) for name, pk in rows.users.items()}
    for name, user in users.items():
        clients[name].force_login(user)
    for name, pk in rows.invitations.items():
        clients[name].get(qcm_links.invitation_url(pk))
        member = Member.objects.get(invitations=pk)
        clients[name].post(reverse("members:enter", args=[hours_link(member)]))
    # It ends with the next sign-in.
    key = default_token_generator.make_token(users["contributor"])
    return {"clients": clients, "objects": rows.objects | {"password_key": key}}


def make_rows():
    """A row of everything, and who visits."""
    organism = factories.make_organism()
    users = {
        "outsider": factories.make_person(factories.make_organism(name="Autre organisme")).user,
        "contributor": factories.make_person(organism, role="contributor").user,
        "owner": factories.make_person(organism).user,
        "officer": factories.make_staff("Chargé de formation"),
        "administrator": factories.make_staff("Administrateur"),
    }
    for user in users.values():
        user.set_password("Formation-2026-sûre")
        user.save()
    owner, administrator = users["owner"], users["administrator"]
    colleague = factories.make_person(organism)
    invite = factories.make_invite(organism)
    draft = factories.make_training(organism)
    draft_question, removed = writing.add_question(draft, 1), writing.add_question(draft, 1, TYPED)
    removed = writing.remove_question(draft, removed.pk, by=owner)
    document = documents.store(draft, Document.Kind.PRESENTATION, pdf(), by=owner)
    approved = factories.make_amf_training(organism)
    submitted = factories.make_training(organism, status="submitted")
    factories.make_question_sets(submitted)
    submitted_document = Document(
        training=submitted, kind="presentation", name="a.pdf", content_type="application/pdf"
    )
    submitted_document.file.save("a.pdf", pdf(), save=False)
    submitted_document.size = 1
    submitted_document.save()
    sheet = factories.make_sheet(approved, rows=[factories.row_of(factories.make_member())])
    deposits.store(approved, "scan", pdf(), by=owner)
    second = SecondReading.objects.create(
        training=approved, sheet=sheet, purpose="complete", status="ready"
    )
    invitation = factories.make_invitation(approved)
    other_invitation = factories.make_invitation(approved)
    attempt = steps.start(invitation)
    frozen = list(
        Question.objects.filter(question_set__training=approved, position=1)
        .select_related("question_set")
        .order_by("question_set__position")[:2]
    )
    question, choices = attempt.order[0]
    corrected = versions.correct_question(
        frozen[0],
        by=administrator,
        row=replace(frozen[0].as_row(), text="Mieux ?"),
        comment="Faute",
    )
    regraded = versions.correct_question(
        frozen[1],
        by=administrator,
        row=replace(frozen[1].as_row(), text="Bien mieux ?"),
        comment="Faute",
    )
    decide(regraded, mode="neutral", reason="Faute", by=administrator)
    correction = corrections.ask(corrected, by=administrator, comment="Encore")
    link = hours_link(factories.make_member())
    return Made(
        {name: user.pk for name, user in users.items()},
        {"member": invitation.pk, "other_member": other_invitation.pk},
        {
            "colleague": colleague.pk,
            "invite": invite.pk,
            "invite_key": signing.dumps(invite.pk, salt=INVITE),
            "uid": user_pk_to_url_str(users["contributor"]),
            "draft": draft.pk,
            "correction": correction.pk,
            "corrected": corrected.pk,
            "draft_question": draft_question.pk,
            "removed_question": removed.pk,
            "document": document.pk,
            "submitted": submitted.pk,
            "submitted_document": submitted_document.pk,
            "approved": approved.pk,
            "sheet": sheet.pk,
            "second": second.pk,
            "line": sheet.participants.get().pk,
            "invitation": invitation.pk,
            "attempt": attempt.pk,
            "question": question,
            "choice": choices[0],
            "hours_token": link,
            "qcm_token": member_links.token(qcm_links.INVITATION, other_invitation.pk),
            "reminder_token": member_links.token(qcm_links.REMINDER, [other_invitation.pk]),
            "year": approved.year,
        },
    )


def pdf():
    return SimpleUploadedFile("fichier.pdf", make_pdf(), "application/pdf")


def hours_link(member):
    """A token that opens « Mes heures » of this member, once."""
    row = SignInLink.objects.create(
        member=member,
        nonce=f"nonce-{member.pk}",
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return member_links.token(member_links.SIGN_IN, row.nonce)
