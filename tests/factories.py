"""Rows for tests: plain functions with sensible defaults, every field can be given."""

import hashlib
from datetime import timedelta
from itertools import count

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from attendance.domain import reading
from attendance.models import Sheet
from members.models import Member, Membership
from organisms.models import Invite, Organism, Person
from qcm.models import Invitation
from tests.files import ROSTER_HEADER, make_pdf, make_xlsx
from trainings.domain import sets
from trainings.models import Training
from trainings.questions.rows import ChoiceRow, QuestionRow

_numbers = count(1)


def make_user(**fields):
    number = next(_numbers)
    fields.setdefault("email", f"personne{number}@exemple.test")
    fields.setdefault("first_name", "Camille")
    fields.setdefault("last_name", f"Durand{number}")
    password = fields.pop("password", None)
    return User.objects.create_user(fields.pop("email"), password, **fields)


def make_staff(group_name, **fields):
    user = make_user(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=group_name))
    return user


def make_organism(**fields):
    number = next(_numbers)
    values = {
        "status": Organism.Status.ACTIVE,
        "name": f"Organisme {number}",
        "email": f"organisme{number}@exemple.test",
        "description": "Formations patrimoniales",
        "type": Organism.Type.COMPANY,
        "siren": "732829320",
        "trainer_number": "11755555555",
        "representative_first_name": "Camille",
        "representative_last_name": "Durand",
    }
    return Organism.objects.create(**(values | fields))


def make_person(organism, *, role="administrator", **user_fields):
    return Person.objects.create(user=make_user(**user_fields), organism=organism, role=role)


def make_invite(organism, **fields):
    """A colleague invited just now, who has not come yet."""
    values = {
        "email": "dominique@exemple.test",
        "first_name": "Dominique",
        "last_name": "Petit",
        "sent_at": timezone.now(),
    }
    return Invite.objects.create(organism=organism, **(values | fields))


def make_training(organism=None, **fields):
    """A complete request; give `status`. An approved one has a number and what it asked for."""
    number = next(_numbers)
    values = {
        "organism": organism or make_organism(),
        "status": Training.Status.DRAFT,
        "year": timezone.localdate().year,
        "title": f"Formation {number}",
        "objectives": "Conseiller à propos",
        "programme": "Matin : le droit. Après-midi : la pratique.",
        "audience": "Conseillers en gestion de patrimoine",
        "teaching_method": Training.Method.FACE_TO_FACE,
        "duration_minutes": 420,
        "first_session_on": timezone.localdate(),
        "first_session_place": "Paris",
        "requested_associative_minutes": 120,
        "requested_amf_minutes": 0,
    } | fields
    if values["status"] in {Training.Status.APPROVED, Training.Status.REVOKED}:
        values.setdefault("approval_number", f"T-{number}")
        values.setdefault("granted_associative_minutes", values["requested_associative_minutes"])
        values.setdefault("granted_amf_minutes", values["requested_amf_minutes"])
    if values["status"] != Training.Status.DRAFT:
        values.setdefault("submitted_at", timezone.now())
    if values["status"] in {"approved", "refused", "revoked"}:
        values.setdefault("decided_at", timezone.now())
    if values["status"] == Training.Status.SENT_TO_AMF:
        values.setdefault("amf_sent_on", timezone.localdate())
    return Training.objects.create(**values)


def make_member(*, cif=True, since=None, until=None, **fields):
    """A member, ANACOFI-CIF as well unless told; both from 1 January of last year on."""
    number = next(_numbers)
    values = {
        "number": f"{10000 + number}",
        "last_name": f"Martin{number}",
        "first_name": "Dominique",
        "email": f"adherent{number}@exemple.test",
        "orias": f"{7000000 + number:08d}",
    } | fields
    member = Member.objects.create(**values)
    since = since or timezone.localdate().replace(month=1, day=1) - timedelta(days=365)
    for kind in ["member", "cif"] if cif else ["member"]:
        Membership.objects.create(member=member, kind=kind, starts_on=since, ends_on=until)
    return member


def make_question_sets(training, *, per_set=4, choices=3):
    """Three sets. The first choice is right; in each set's last question the second one too."""
    sets.replace_all(
        training,
        [
            QuestionRow(
                text=f"Jeu {number}, question {rank} ?",
                choices=tuple(
                    ChoiceRow(
                        f"Choix {place} de la question {rank} du jeu {number}",
                        place == 1 or (place == 2 and rank == per_set),
                    )
                    for place in range(1, choices + 1)
                ),
                theme=f"Thème {rank}",
                explanation=f"Explication du jeu {number}, question {rank}.",
                set_number=number,
            )
            for number in (1, 2, 3)
            for rank in range(1, per_set + 1)
        ],
    )
    return list(training.question_sets.all())


def make_amf_training(organism=None, *, per_set=4, **fields):
    """An approved training with one AMF hour and its three sets."""
    training = make_training(
        organism,
        **({"status": Training.Status.APPROVED, "requested_amf_minutes": 60} | fields),
    )
    make_question_sets(training, per_set=per_set)
    return training


def make_invitation(training=None, member=None, **fields):
    """An open invitation of today; give `status`, `deadline_at`… to change it."""
    training = training or make_amf_training()
    now = timezone.now()
    values = {
        "training": training,
        "member": member or make_member(),
        "minutes": training.granted_amf_minutes,
        "session_on": timezone.localdate(),
        "invited_at": now,
        "deadline_at": now + timedelta(days=30),
        "attempts_allowed": 3,
    } | fields
    return Invitation.objects.create(**values)


def make_sheet(training=None, *, rows=None, content=None, **fields):
    """A sheet of an approved training whose roster, of these rows below a header, was read.

    `content` gives the roster's bytes instead; with `read=False` it still waits for its task.
    """
    training = training or make_training(status=Training.Status.APPROVED)
    read = fields.pop("read", True)
    content = content if content is not None else make_xlsx([ROSTER_HEADER, *(rows or [])])
    day = timezone.localdate()
    values = {"starts_on": day, "ends_on": day, "place": "Paris"} | fields
    sheet = Sheet(
        training=training,
        scan_name="emargement.pdf",
        scan_type="application/pdf",
        scan_sha256=values.pop("scan_sha256", f"{next(_numbers):064}"),
        roster_name=values.pop("roster_name", "presents.xlsx"),
        roster_sha256=hashlib.sha256(content).hexdigest(),
        **values,
    )
    sheet.scan.save("emargement.pdf", ContentFile(make_pdf()), save=False)
    sheet.roster.save(sheet.roster_name, ContentFile(content), save=False)
    sheet.save()
    if read:
        reading.READING.run(sheet.pk)
        sheet.refresh_from_db()
    return sheet


def row_of(member, **changes):
    """The row of a roster that names this member: family and first name, e-mail, number, firm."""
    cells = {
        "last_name": member.last_name,
        "first_name": member.first_name,
        "email": member.email,
        "number": member.number,
        "firm": member.firm,
    } | changes
    return list(cells.values())
