"""What an import changes, line by line: before it is confirmed, after, and once it is undone."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attendance.domain import counting, offers
from common.errors import Refused, WrongStatus
from members.domain import former, ledger, registry, registry_undo
from members.domain.ledger import Entitlement
from members.models import FormerKey, Member, Membership, RegistryImport, SignInLink
from qcm.domain import invitations
from tests import factories
from tests.members.test_registry import counts, load, row, upload

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)


@pytest.fixture
def staff(client, officer, settings):
    settings.DEMO = True
    client.force_login(officer)
    return client


def told(found):
    """{number: (adhésion, CIF, edits, kept)} of an import's lines."""
    return {
        change.name.rpartition("(")[2].rstrip(")"): (
            change.membership,
            change.cif,
            change.edits,
            change.kept,
        )
        for change in found.changes.all()
    }


def edit(number, **values):
    """As the admin's page does."""
    member = Member.objects.get(number=number)
    for name, value in values.items():
        setattr(member, name, value)
    former.save_member(member)


def page_of(staff, found, query=""):
    url = reverse("admin:members_registryimport_change", args=[found.pk])
    return " ".join(staff.get(url + query).content.decode().split())


# --- shown ------------------------------------------------------------------------------------


def test_every_value_that_changes_is_shown_before_and_kept_after(staff):
    load([row(1), row(2, cif="Non"), row(3), row(4)])
    found = upload(
        [row(1, "DUPONT", email=""), row(2), row(3, cif="Non"), row(5), row(6, status="Inactif")],
        on=APRIL,
    )
    expected = {
        "A00001": (
            "",
            "",
            {"last_name": ["MARTIN", "DUPONT"], "email": ["m@exemple.test", ""]},
            {},
        ),
        "A00002": ("", "joined", {}, {}),
        "A00003": ("", "left", {}, {}),
        "A00005": ("new", "joined", {}, {}),
        "A00006": ("new_inactive", "", {}, {}),
        "A00004": ("left", "left", {}, {}),
    }
    assert told(found) == expected
    shown = [
        "nom : <del>MARTIN</del> → <ins>DUPONT</ins>",
        "e-mail : <del>m@exemple.test</del> → <ins>(vide)</ins>",
        "<li>rejoint l’ANACOFI-CIF</li>",
        "<li>quitte l’ANACOFI-CIF</li>",
        "<li>quitte l’ANACOFI</li>",
        "<td>absent</td>",
        "2 rejoignent l’ANACOFI-CIF",
    ]
    before = page_of(staff, found)
    registry.apply(found)
    found.refresh_from_db()
    after = page_of(staff, found)
    for words in shown:
        assert words in before
        assert words in after
    assert told(found) == expected
    assert found.changes.get(membership="new").member == Member.objects.get(number="A00005")


def test_one_group_is_shown_alone_and_long_ones_by_pages(staff):
    load([row(number) for number in range(1, 121)])
    found = upload([row(number, email="autre@exemple.test") for number in range(1, 120)], on=APRIL)
    page = page_of(staff, found)
    assert "1 à 100 sur 120" in page
    assert page.count("<del>") == 100
    assert page_of(staff, found, "?p=2").count("<del>") == 19
    left = page_of(staff, found, "?montrer=departs")
    assert "A00120" in left
    assert "<del>" not in left
    # Whatever the address says.
    for query in ("?montrer=rien&p=x", "?p=99", "?montrer=cif"):
        assert "Ligne par ligne" in page_of(staff, found, query)


def test_what_was_shown_is_what_is_imported(staff):
    load([row(1)])
    found = upload([row(1, "DUPONT")], on=APRIL)
    edit("A00001", last_name="MARTIN-LEROY")
    url = reverse("admin:members_registryimport_importer", args=[found.pk])
    confirmed = {"typed_renamed": "1"}
    assert "Le registre a changé depuis" in staff.post(url, confirmed).content.decode()
    found.refresh_from_db()
    assert (found.status, told(found)["A00001"][2]) == (
        "ready",
        {"last_name": ["MARTIN-LEROY", "DUPONT"]},
    )
    assert staff.post(url, confirmed).status_code == 302
    assert Member.objects.get().last_name == "DUPONT"


@pytest.mark.parametrize("query", ["", "?montrer=modifies"])
def test_the_page_of_an_import_takes_as_many_queries_with_many_lines(staff, query):
    counted = []
    for number in (1, 60):
        found = upload([row(one) for one in range(1, number + 1)])
        page_of(staff, found, query)
        with CaptureQueriesContext(connection) as context:
            page_of(staff, found, query)
        counted.append(len(context))
    assert counted[0] == counted[1]


# --- by hand ----------------------------------------------------------------------------------


def test_what_staff_corrected_is_kept_while_the_file_says_the_same(staff):
    load([row(1), row(2)])
    edit("A00001", email="juste@exemple.test")
    found = load([row(1), row(2)], on=APRIL)
    assert counts(found) == (0, 0, 0, 0, 0, 0, 2)
    kept = {"email": ["juste@exemple.test", "m@exemple.test"]}
    assert (found.summary["kept"], told(found)) == (1, {"A00001": ("", "", {}, kept)})
    page = page_of(staff, found)
    assert "1 correction faite à la main est gardée" in page
    assert "«&nbsp;juste@exemple.test&nbsp;», corrigé à la main, est gardé" in page
    # And at the file after; until it has news.
    assert counts(load([row(1), row(2)], on=APRIL))[1] == 0
    found = load([row(1, email="neuf@exemple.test"), row(2)], on=APRIL)
    assert told(found)["A00001"][2] == {"email": ["juste@exemple.test", "neuf@exemple.test"]}
    assert Member.objects.get(number="A00001").email == "neuf@exemple.test"


def test_a_file_that_comes_to_say_what_staff_typed_changes_nothing():
    load([row(1)])
    edit("A00001", email="juste@exemple.test")
    found = load([row(1, email="juste@exemple.test")], on=APRIL)
    assert (counts(found)[6], told(found)) == (1, {})


def test_who_is_known_by_no_file_takes_what_the_first_one_says():
    factories.make_member(number="A00001", last_name="AUTRE", email="a@exemple.test")
    assert "last_name" in told(load([row(1)]))["A00001"][2]


# --- undone -----------------------------------------------------------------------------------


def state():
    """Everything that an import may change."""
    fields = ("number", "title", "last_name", "first_name", "email", "firm", "orias", "search")
    return (
        list(Member.objects.order_by("number").values_list(*fields, "last_name_key", "email_key")),
        sorted(Membership.objects.values_list("member__number", "kind", "starts_on"), key=str),
        sorted(Membership.objects.values_list("member__number", "kind", "ends_on"), key=str),
        sorted(FormerKey.objects.values_list("member__number", "kind", "value")),
    )


@pytest.fixture
def imported():
    """An import with every kind of line, and the state of the registry before it."""
    today = timezone.localdate()
    load([row(number) for number in range(1, 6)] + [row(6, cif="Non")], on=today, since=today)
    load([row(number) for number in range(1, 5)] + [row(6, cif="Non")], on=today, since=today)
    # One known to leave, one whose span begins later, one renamed before.
    Membership.objects.filter(member__number="A00002").update(ends_on=today + timedelta(days=9))
    Membership.objects.filter(member__number="A00003").update(starts_on=today + timedelta(days=9))
    edit("A00001", last_name="AUTREFOIS")
    edit("A00001", last_name="MARTIN")
    before = state()
    rows = [row(1, "AUTREFOIS", email=""), row(4, cif="Non"), row(5), row(6), row(7), row(8)]
    rows.append(row(9, status="Inactif"))
    found = load(rows, on=today + timedelta(days=1), since=today)
    assert state() != before
    return found, before


def test_an_import_is_undone_whole(imported, staff, officer):
    found, before = imported
    SignInLink.objects.create(
        member=Member.objects.get(number="A00007"),
        expires_at=timezone.now(),
    )
    url = reverse("admin:members_registryimport_annuler", args=[found.pk])
    assert url in page_of(staff, found)
    assert "redevient ce qu’il était" in staff.get(url).content.decode()
    assert staff.post(url).status_code == 302
    assert state() == before
    found.refresh_from_db()
    assert (found.status, found.rows) == ("undone", [])
    last = found.journal.last()
    assert (last.event, last.by, last.from_status, last.to_status) == (
        "undo",
        officer,
        "applied",
        "undone",
    )
    # What it had done stays readable, and it cannot be done twice.
    assert "AUTREFOIS" in page_of(staff, found)
    with pytest.raises(WrongStatus):
        registry_undo.undo(found)


def test_undoing_an_import_is_no_edit_by_hand_for_the_one_before():
    first = load([row(1)])
    registry_undo.undo(load([row(1, "DUPONT")], on=APRIL))
    assert registry_undo.in_the_way(first) == []
    # But one that came between the two is.
    edit("A00001", firm="Autre")
    registry_undo.undo(load([row(1, "DUPONT")], on=APRIL))
    assert "fiche modifiée" in registry_undo.in_the_way(first)[0]


def test_who_waits_is_looked_up_again_once_an_import_is_undone():
    load([row(1, email="a@exemple.test")])
    found = load([row(1, "DUPONT", email="b@exemple.test")], on=APRIL)
    FormerKey.objects.all().delete()
    line = ["MARTIN", "Jean", "a@exemple.test", "", ""]
    sheet = factories.make_sheet(factories.make_training(status="approved"), rows=[line])
    counting.validate(sheet, by=factories.make_user())
    assert offers.offer_again() == 0
    registry_undo.undo(found)
    assert offers.offer_again() == 1


def test_the_import_before_is_undone_after_the_one_that_followed():
    first = load([row(1)])
    second = load([row(1), row(2)], on=APRIL)
    second.name = "avril.xlsx"
    second.save(update_fields=["name"])
    with pytest.raises(Refused, match="L’import « avril.xlsx », confirmé le .* annulez-le d’abord"):
        registry_undo.undo(first)
    registry_undo.undo(second)
    registry_undo.undo(first)
    assert not Member.objects.exists()


def depend_by_hand(member):
    edit(member.number, firm="Autre")


def depend_by_hours(member):
    with transaction.atomic():
        ledger.credit(
            training=factories.make_training(status="approved"),
            kind="associative",
            session_on=timezone.localdate(),
            entitlements=[Entitlement(member.pk, 60)],
        )


def depend_by_invitation(member):
    with transaction.atomic():
        invitations.invite(
            training=factories.make_training(status="approved"),
            session_on=timezone.localdate(),
            minutes_by_member={member.pk: 60},
        )


def depend_by_list(member):
    factories.make_sheet(
        factories.make_training(status="approved"), rows=[factories.row_of(member)]
    )


def depend_by_validated_list(member):
    sheet = factories.make_sheet(
        factories.make_training(status="approved"), rows=[factories.row_of(member)]
    )
    counting.validate(sheet, by=factories.make_user())


@pytest.mark.parametrize(
    ("number", "depend", "words"),
    [
        (1, depend_by_hand, "fiche modifiée le"),
        (1, depend_by_hours, "heures écrites pour"),
        (2, depend_by_invitation, "invitation au QCM de"),
        (2, depend_by_list, "liste de"),
        (1, depend_by_validated_list, "liste de"),
    ],
)
def test_what_depends_on_an_import_is_told_by_name(staff, number, depend, words):
    load([row(1), row(3)])
    found = load([row(1, "DUPONT"), row(2, "LEROY"), row(3)], on=APRIL)
    depend(Member.objects.get(number=f"A{number:05d}"))
    name = "MARTIN Jean (A00001)" if number == 1 else "LEROY Jean (A00002)"
    with pytest.raises(Refused, match="ne s’annule plus") as refused:
        registry_undo.undo(found)
    assert f"{name} : " in str(refused.value)
    assert words in str(refused.value)
    url = reverse("admin:members_registryimport_annuler", args=[found.pk])
    assert f"– {name} : " in staff.get(url).content.decode()
    answer = staff.post(url)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    found.refresh_from_db()
    assert found.status == "applied"


def test_what_depends_on_others_hinders_nothing():
    load([row(1), row(3)])
    found = load([row(1, "DUPONT"), row(3)], on=APRIL)
    other = Member.objects.get(number="A00003")
    for depend in (depend_by_hand, depend_by_hours, depend_by_validated_list):
        depend(other)
    registry_undo.undo(found)
    assert Member.objects.get(number="A00001").last_name == "MARTIN"


def test_undoing_and_looking_for_what_depends_take_as_many_queries_with_many_lines():
    counted = []
    for number in (3, 60):
        load([row(one) for one in range(1, number)])
        found = load([row(one, "DUPONT") for one in range(2, number + 1)], on=APRIL)
        with CaptureQueriesContext(connection) as context:
            registry_undo.undo(found)
        counted.append(len(context))
    assert counted[0] == counted[1]


def test_an_import_from_before_its_lines_were_kept_is_not_undone():
    found = load([row(1)])
    RegistryImport.objects.update(rows=[])
    with pytest.raises(Refused, match="date d’avant"):
        registry_undo.undo(found)


def test_the_journal_of_an_import_says_who_and_nobody_changes_it(staff, officer):
    found = upload([row(1)])
    staff.post(reverse("admin:members_registryimport_importer", args=[found.pk]))
    assert list(found.journal.values_list("event", "by_label")) == [
        ("read", "Portail"),
        ("apply", str(officer)),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        found.journal.update(by_label="un autre")
