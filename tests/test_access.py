"""Who gets what at every URL of the portal: one table, and a URL that it misses fails.

Each line of `TABLE` asks one URL as each visitor in turn, every change undone in between. The
admin's names follow one rule instead: staff alone, and each by the rights of their group.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.apps import apps
from django.contrib import admin
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils import timezone

from attendance.domain import counting, deposits
from attendance.models import SecondReading
from mailing.models import Message
from members import links as member_links
from members.models import RegistryImport, SignInLink
from organisms.links import SALT as INVITE
from qcm import links as qcm_links
from qcm.domain.regrading import decide
from tests import factories
from tests.files import make_pdf
from tests.qcm import steps
from trainings.domain import corrections, documents, versions, writing
from trainings.models import AnnualRules, Document, Question, Training
from trainings.questions.rows import QuestionRow

VISITORS = [
    "anonymous",
    "outsider",
    "contributor",
    "owner",
    "member",
    "other_member",
    "officer",
    "administrator",
]


def expect(*, people, outsider=None, contributor=None, anonymous="login", staff="admin"):
    """What visitors of an organism's page get; members are anonymous there."""
    return {
        "anonymous": anonymous,
        "outsider": people if outsider is None else outsider,
        "contributor": people if contributor is None else contributor,
        "owner": people,
        "member": anonymous,
        "other_member": anonymous,
        "officer": staff,
        "administrator": staff,
    }


def theirs(people, **others):
    """A row of one organism: another organism is told that there is nothing."""
    return expect(people=people, outsider=404, **others)


def administrators(people, **others):
    """A row of one organism, for its account administrator alone."""
    return theirs(people, contributor=403, **others)


def everyone(what):
    return dict.fromkeys(VISITORS, what)


def members(own, *, other=404, rest=404):
    """A page of a member's link."""
    return dict.fromkeys(VISITORS, rest) | {"member": own, "other_member": other}


@dataclass
class Line:
    """A URL: its arguments (from the world), its method, what is posted, who gets what.

    An answer is a status, « login » or « admin » (sent there), « confirm » (asked for the
    password again), SENT (to a page of one's own), or a path.
    """

    expected: dict
    args: list = field(default_factory=list)
    method: str = "get"
    data: object = None


def post(expected, *args, **data):
    return Line(expected, list(args), "post", data)


def get(expected, *args):
    return Line(expected, list(args))


SENT = 302
TYPED = QuestionRow("Question ?")

TABLE = {
    # --- open to all ---------------------------------------------------------------------------
    "home": get(everyone(200)),
    "health": get(everyone(200)),
    "organisms:register": get(everyone(200)),
    "organisms:registered": get(everyone(200)),
    "organisms:accept": get(everyone(200), "invite_key"),
    "account_login": get(expect(people="/tableau-de-bord/", anonymous=200)),
    "account_logout": get(expect(people=200, anonymous="/", staff=200)),
    "account_reset_password": get(everyone(200)),
    "account_reset_password_done": get(everyone(200)),
    "account_reset_password_from_key": get(everyone(SENT), "uid", "password_key"),
    "account_reset_password_from_key_done": get(everyone(200)),
    "account_inactive": get(everyone(200)),
    "account_reauthenticate": get(expect(people=200, staff=200)),
    "mfa_index": get(expect(people=200, staff=200)),
    "mfa_authenticate": get(expect(people="/tableau-de-bord/")),
    "mfa_reauthenticate": get(expect(people="confirm", staff="confirm")),
    "mfa_activate_totp": get(expect(people="confirm", staff="confirm")),
    "mfa_deactivate_totp": get(expect(people=404, staff=404)),
    "mfa_view_recovery_codes": get(expect(people=404, staff=404)),
    "mfa_generate_recovery_codes": get(expect(people="confirm", staff="confirm")),
    "mfa_download_recovery_codes": get(expect(people=404, staff=404)),
    # --- an organism's own space ---------------------------------------------------------------
    "dashboard": get(expect(people=200)),
    "organisms:detail": get(expect(people=200)),
    "organisms:edit": get(expect(people=200, contributor=403)),
    "organisms:invite": get(expect(people=200, contributor=403)),
    "organisms:invite_again": post(administrators(SENT), "invite"),
    "organisms:cancel_invite": post(administrators(SENT), "invite"),
    "organisms:change_role": post(administrators(SENT), "colleague", role="administrator"),
    "organisms:remove": get(administrators(200), "colleague"),
    "trainings:list": get(expect(people=200)),
    "trainings:create": get(expect(people=200)),
    "trainings:sizing": get(expect(people=200)),
    "trainings:qcm_model": get(expect(people=200)),
    "trainings:document": get(theirs(200), "document"),
    "trainings:remove_document": post(theirs(SENT), "document"),
    "trainings:detail": get(theirs(200), "draft"),
    "trainings:correction": get(theirs(200), "correction"),
    "trainings:edit": get(theirs(200), "draft"),
    "trainings:autosave": post(theirs(200), "draft", title="Autre"),
    "trainings:upload": post(theirs(200), "draft", "=presentation", file="=pdf"),
    "trainings:workshop": get(theirs(200), "draft"),
    "trainings:add_question": post(theirs(SENT), "draft", set="1"),
    "trainings:question": get(theirs(200), "draft", "draft_question"),
    "trainings:move_question": post(theirs(SENT), "draft", "draft_question", to="down"),
    "trainings:duplicate_question": post(theirs(SENT), "draft", "draft_question"),
    "trainings:remove_question": post(theirs(SENT), "draft", "draft_question"),
    "trainings:restore_question": post(theirs(SENT), "draft", "removed_question"),
    "trainings:import_questions": get(theirs(200), "draft"),
    "trainings:apply_import": post(theirs(SENT), "draft"),
    "trainings:drop_import": post(theirs(SENT), "draft"),
    "trainings:export_questions": get(theirs(200), "submitted", "=gift"),
    "trainings:withdraw": get(theirs(200), "submitted"),
    "trainings:delete": get(theirs(200), "draft"),
    "trainings:renew": post(theirs(SENT), "approved"),
    "attendance:trainings": get(expect(people=200)),
    "attendance:training": get(theirs(200), "approved"),
    "attendance:roster_model": get(theirs(200), "approved"),
    "attendance:upload": post(theirs(200), "approved", "=scan", file="=pdf"),
    "attendance:remove": post(theirs(SENT), "approved", "=scan"),
    "attendance:sheet": get(theirs(200), "sheet"),
    "attendance:progress": get(theirs(200), "sheet"),
    "attendance:replace": post(theirs(SENT), "sheet"),
    "attendance:tick": post(theirs(SENT), "sheet"),
    "attendance:add": get(theirs(200), "sheet"),
    "attendance:session": get(theirs(200), "sheet"),
    "attendance:columns": post(theirs(SENT), "sheet"),
    "attendance:pick": post(theirs(SENT), "sheet"),
    "attendance:edit": get(theirs(200), "sheet", "line"),
    "attendance:annotated": get(theirs(200), "sheet"),
    "attendance:check": post(theirs(SENT), "approved", file="=pdf"),
    "attendance:second": get(theirs(200), "second"),
    "attendance:apply_second": post(theirs(SENT), "second"),
    "attendance:forget_second": post(theirs(SENT), "second"),
    "attendance:ask_removal": get(theirs(SENT), "sheet", "line"),
    "attendance:validate": get(theirs(200), "sheet"),
    "attendance:discard": get(theirs(200), "sheet"),
    "attendance:scan": get(theirs(200), "sheet"),
    "attendance:roster": get(theirs(200), "sheet"),
    # --- a member's links ----------------------------------------------------------------------
    "members:ask": get(everyone(200)),
    "members:asked": get(everyone(200)),
    "members:enter": get(everyone(200), "hours_token"),
    "members:home": get(members(200, other=200, rest="/mes-heures/lien/")),
    "members:attestation": get(members(200, other=200, rest="/mes-heures/lien/"), "year"),
    "members:leave": post(everyone("/")),
    "qcm:open": get(everyone(SENT), "qcm_token"),
    "qcm:open_reminder": get(everyone("/qcm/"), "reminder_token"),
    "qcm:index": get(members(200, other=200)),
    "qcm:entry": get(members(200), "invitation"),
    "qcm:from_hours": get(members(SENT), "invitation"),
    "qcm:start": post(members(SENT), "invitation"),
    "qcm:attempt": get(members(200), "invitation"),
    "qcm:save": post(
        members(200, other=403, rest=403),
        "invitation",
        attempt="attempt",
        question="question",
        choice="choice",
    ),
    "qcm:finish": get(members(200), "invitation"),
    "qcm:result": get(members(SENT), "invitation"),
}


@pytest.fixture
def world(organism, owner, contributor, outsider, officer, administrator):
    """What the arguments of the table name, and a client for each visitor."""
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
    clients = {name: Client() for name in VISITORS}
    for name, user in [
        ("outsider", outsider),
        ("contributor", contributor),
        ("owner", owner),
        ("officer", officer),
        ("administrator", administrator),
    ]:
        user.set_password("Formation-2026-sûre")
        user.save()
        clients[name].force_login(user)
    for name, one in [("member", invitation), ("other_member", other_invitation)]:
        clients[name].get(qcm_links.invitation_url(one.pk))
        clients[name].post(reverse("members:enter", args=[hours_link(one.member)]))
    return {
        "clients": clients,
        "objects": {
            "colleague": colleague.pk,
            "invite": invite.pk,
            "invite_key": signing.dumps(invite.pk, salt=INVITE),
            "uid": user_pk_to_url_str(contributor),
            "password_key": default_token_generator.make_token(contributor),
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
    }


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


def value_of(world, wanted):
    """An argument: an object of the world by its name, or what follows « = »."""
    if not isinstance(wanted, str):
        return wanted
    if wanted == "=pdf":
        return pdf()
    return wanted[1:] if wanted.startswith("=") else world["objects"].get(wanted, wanted)


def read_whole(response):
    """A file that nobody reads to its end is left open."""
    if response.streaming:
        b"".join(response.streaming_content)


def outcome(response):
    """The answer in the table's words."""
    if response.status_code != 302:
        return response.status_code
    if response.url.startswith("/connexion/confirmer/"):
        return "confirm"
    if response.url.startswith("/connexion/"):
        return "login"
    return "admin" if response.url == "/admin/" else response.url


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_visitor_gets_what_the_table_says(world, settings, name):
    settings.DEMO = True
    line = TABLE[name]
    url = reverse(name, args=[value_of(world, one) for one in line.args])
    got = {}
    for visitor in VISITORS:
        data = {key: value_of(world, one) for key, one in (line.data or {}).items()}
        with transaction.atomic():
            response = getattr(world["clients"][visitor], line.method)(url, data)
            read_whole(response)
            transaction.set_rollback(True)
        found = outcome(response)
        wanted = line.expected[visitor]
        got[visitor] = SENT if wanted == SENT and isinstance(found, str) else found
        if wanted == SENT:
            assert found not in {"login", "admin"}, (visitor, found)
    assert got == line.expected


# --- nothing is missing ----------------------------------------------------------------------


def names(patterns=None, namespace=""):
    """(every name under these patterns with its namespace, every pattern without a name)."""
    named, nameless = set(), []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            space = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            below, lost = names(pattern.url_patterns, space)
            named |= below
            nameless += lost
        elif pattern.name:
            named.add(namespace + pattern.name)
        else:
            nameless.append(namespace + str(pattern.pattern))
    return named, nameless


def test_every_url_of_the_portal_stands_in_the_table():
    named, nameless = names()
    assert {name for name in named if not name.startswith("admin:")} == set(TABLE)
    # Django's own redirects of the admin have no names.
    assert [one for one in nameless if not one.startswith("admin:")] == []


# --- the admin: one rule for all names ---------------------------------------------------------

OPEN_IN_ADMIN = {"admin:login", "admin:jsi18n"}
# Left by signing out, not by entering.
SKIPPED = {"admin:logout"}


def admin_names():
    return sorted({one for one in names()[0] if one.startswith("admin:")} - SKIPPED)


@pytest.fixture
def rows(world, db):
    """A row of each model that the admin shows, for the pages of one row."""
    objects = world["objects"]
    AnnualRules.for_year(objects["year"])
    RegistryImport.objects.create(
        name="adherents.xlsx", file="x", arrivals_on="2026-01-01", effective_on="2026-01-01"
    )
    sheet = factories.make_sheet(
        factories.make_training(status="approved"),
        rows=[factories.row_of(factories.make_member(email="a@exemple.test"))],
    )
    counting.validate(sheet, by=sheet.training.organism.people.first() or factories.make_user())
    assert Message.objects.exists()
    return world


def admin_url_of(name, rows):
    """The URL of an admin name, with a row of its model where one is asked for."""
    try:
        return reverse(name)
    except NoReverseMatch:
        pass
    if name == "admin:app_list":
        return reverse(name, args=["organisms"])
    if name == "admin:view_on_site":
        return None
    label, model = name.removeprefix("admin:").split("_")[:2]
    model = apps.get_model(label, model)
    pk = model.objects.order_by("pk").values_list("pk", flat=True).first()
    # Staff see no drafts.
    pk = {
        "admin:trainings_training_document": rows["objects"]["submitted_document"],
        **dict.fromkeys(
            (
                f"admin:qcm_traininganalysis_{verb}"
                for verb in ("demander", "abandonner", "corriger", "recalculer")
            ),
            rows["objects"]["corrected"],
        ),
    }.get(name, rows["objects"]["submitted"] if model is Training else pk)
    assert pk is not None, f"no row for {name}"
    for args in ([pk], [pk, "scan"], [pk, "password"]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(f"no arguments fit {name}")


def test_the_admin_is_for_staff_alone(rows, settings):
    settings.DEMO = True
    for name in admin_names():
        url = admin_url_of(name, rows)
        if url is None or name in OPEN_IN_ADMIN:
            continue
        for visitor in VISITORS[:6]:
            for method in ("get", "post"):
                with transaction.atomic():
                    response = getattr(rows["clients"][visitor], method)(url)
                    read_whole(response)
                    transaction.set_rollback(True)
                assert outcome(response) in {"login", 403} or (
                    response.status_code == 302 and "/admin/login/" in response.url
                ), (name, visitor, method, response.status_code)


def test_staff_read_all_screens_and_change_by_their_rights(rows, settings):
    settings.DEMO = True
    seen, kept_out = set(), set()
    for name in admin_names():
        url = admin_url_of(name, rows)
        if url is None:
            continue
        for visitor in ("officer", "administrator"):
            with transaction.atomic():
                response = rows["clients"][visitor].get(url)
                read_whole(response)
                transaction.set_rollback(True)
            assert response.status_code in {200, 302, 403}, (name, visitor)
            if response.status_code == 200:
                seen.add((name, visitor))
            else:
                kept_out.add((name, visitor))
    for model in admin.site._registry:
        opts = model._meta
        name = f"admin:{opts.app_label}_{opts.model_name}_changelist"
        assert (name, "administrator") in seen, name
    # What the administrator of staff alone may do.
    for name in (
        "admin:attendance_sheet_annuler",
        "admin:qcm_invitation_accorder",
        "admin:qcm_traininganalysis_recalculer",
        "admin:qcm_regrade_relancer",
        "admin:accounts_user_add",
        "admin:trainings_annualrules_add",
    ):
        assert (name, "officer") not in seen, name
        assert (name, "administrator") in seen, name
    # What nobody does by hand.
    assert ("admin:members_hourscredit_delete", "administrator") in kept_out
    assert ("admin:trainings_training_add", "administrator") in kept_out


# The most that a list of the staff asks of the database, the counts beside its filters included.
MOST_QUERIES = 20


def test_every_filter_of_every_list_of_staff_opens_with_its_counts(rows, settings):
    settings.DEMO = True
    client = rows["clients"]["administrator"]

    def open_list(url):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
            read_whole(response)
        assert response.status_code == 200, url
        assert len(queries) <= MOST_QUERIES, (url, len(queries))
        changes = response.context_data["cl"]
        assert changes.add_facets, url
        return changes

    for model, its_admin in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        changes = open_list(f"{url}?_facets=True")
        assert len(changes.filter_specs) == len(its_admin.list_filter), model
        for spec in changes.filter_specs:
            choices = list(spec.choices(changes))
            assert len(choices) > 1, (model, spec.title)
            for choice in choices:
                open_list(url + choice["query_string"])
