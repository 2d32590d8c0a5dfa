import json
from pathlib import Path

import pytest

from attendance.domain import matching
from attendance.forms import ParticipantForm
from attendance.roster.parsing import parse
from attendance.roster.people import RosterLine
from common import bulk
from common.spreadsheets import read_workbook
from members import registry_file
from members.models import Member
from tests import factories

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
needs_samples = pytest.mark.skipif(
    not SAMPLES.exists(), reason="les exemples partagés ne sont pas là"
)


def line(**fields):
    return RosterLine(row_number=2, **fields)


def who(**fields):
    match = matching.find([line(**fields)])[0]
    return match and match.member


@pytest.fixture
def member(db):
    return factories.make_member(
        number="A00123",
        last_name="LEFÈVRE-MARTIN",
        first_name="Hélène",
        email="helene@cabinet.example",
        orias="07492117",
    )


@pytest.mark.parametrize("number", ["A00123", "123", "00123", "a 00123", "123.0"])
def test_a_number_written_in_any_way_is_known(member, number):
    assert who(last_name="Lefèvre-Martin", member_number=number) == member


def test_an_email_in_capitals_is_known(member):
    assert who(last_name="Lefèvre-Martin", email="HELENE@CABINET.EXAMPLE") == member


def test_an_orias_number_that_lost_its_zero_is_known(member):
    assert who(last_name="Lefèvre-Martin", orias="7492117") == member


@pytest.mark.parametrize(
    "last_name",
    ["Lefevre Martin", "LEFEVRE-MARTIN", "Martin-Lefèvre", "lefevremartin", "Lefèvre", "MARTIN"],
)
def test_a_family_name_agrees_whatever_its_spelling(member, last_name):
    assert who(last_name=last_name, member_number="A00123") == member


@pytest.mark.parametrize("last_name", ["Durand", "Lefe", "Hélène", "L", "Martinez"])
def test_a_known_number_without_the_family_name_is_not_recognised(member, last_name):
    assert who(last_name=last_name, member_number="A00123") is None


def test_a_family_name_alone_is_not_recognised(member):
    assert who(last_name="Lefèvre-Martin") is None


@pytest.mark.parametrize(
    "full_name", ["LEFÈVRE-MARTIN Hélène", "Hélène Lefèvre Martin", "Lefèvre-Martin, Hélène"]
)
def test_both_names_in_one_cell_are_recognised_in_any_order(member, full_name):
    assert who(last_name="x", full_name=full_name, member_number="123") == member


def test_names_in_each_others_column_are_recognised(member):
    assert who(last_name="Hélène", first_name="Lefèvre-Martin", member_number="123") == member


def test_a_particle_alone_is_not_a_family_name(db):
    member = factories.make_member(number="A7", last_name="LE GOFF")
    assert who(last_name="Le", member_number="A7") is None
    assert who(last_name="Goff", member_number="A7") == member
    assert who(last_name="LEGOFF", member_number="A7") == member


def test_two_who_share_a_mailbox_are_told_apart_by_their_family_name(db):
    one = factories.make_member(last_name="DURAND", email="cabinet@exemple.test")
    two = factories.make_member(last_name="PETIT", email="cabinet@exemple.test")
    assert who(last_name="Durand", email="cabinet@exemple.test") == one
    assert who(last_name="Petit", email="cabinet@exemple.test") == two


def test_two_of_one_family_who_share_a_mailbox_are_told_apart_by_their_first_name(db):
    shared = {"last_name": "DURAND", "email": "cabinet@exemple.test"}
    factories.make_member(first_name="Anne", **shared)
    paul = factories.make_member(first_name="Paul", **shared)
    assert who(first_name="Paul", **shared) == paul
    assert who(first_name="Luc", **shared) is None


def test_two_keys_that_lead_to_two_people_recognise_nobody_whatever_the_name(member):
    factories.make_member(number="A00124", last_name="AUTRE", first_name="Luc")
    for last_name in ("Lefèvre", "Autre", "Personne"):
        match = matching.find(
            [line(last_name=last_name, member_number="A00124", email=member.email)]
        )[0]
        assert match.member is None
        assert match.note == (
            "Les identifiants désignent des personnes différentes : numéro : AUTRE Luc (A00124) ; "
            "e-mail : LEFÈVRE-MARTIN Hélène (A00123)."
        )


def test_two_addresses_of_a_cell_that_lead_to_two_people_are_each_said(member):
    factories.make_member(number="A7", last_name="AUTRE", first_name="", email="luc@y.example")
    match = matching.find([line(last_name="Autre", email=f"{member.email} / luc@y.example")])[0]
    assert match.member is None
    assert match.note == (
        "Les identifiants désignent des personnes différentes : e-mail helene@cabinet.example : "
        "LEFÈVRE-MARTIN Hélène (A00123) ; e-mail luc@y.example : AUTRE  (A7)."
    )


def test_two_numbers_of_a_cell_that_lead_to_two_people_recognise_nobody(member):
    factories.make_member(number="A00724", last_name="Lefèvre")
    assert who(last_name="Lefèvre", member_number="A00123 / A00724") is None
    assert who(last_name="Lefèvre", member_number="A00123 ou A09999") == member


def test_a_key_that_nobody_has_contradicts_nothing(member):
    typed = {"last_name": "Lefèvre", "member_number": "A09999", "orias": "25709158"}
    assert who(email=member.email, **typed) == member


def test_a_shared_mailbox_contradicts_only_a_key_of_somebody_outside_of_it(member):
    shared = {"email": "cabinet@exemple.test"}
    one = factories.make_member(number="A1", last_name="DURAND", **shared)
    factories.make_member(number="A2", last_name="PETIT", **shared)
    assert who(last_name="Durand", member_number="A1", **shared) == one
    # The number is the other's, whatever the name says.
    assert who(last_name="Durand", member_number="A2", **shared) is None
    assert who(last_name="Durand", member_number="A00123", **shared) is None
    both = {"email": f"cabinet@exemple.test ; {member.email}"}
    assert who(last_name="Durand", **both) is None


@pytest.mark.parametrize(
    "cell",
    ["perso@y.example / {}", "{} ; perso@y.example", "perso@y.example ::: {}", "pro : {}"]
    + ["{}/perso@y.example", "perso@y.example\n{}", "Hélène <{}>", "perso@y.example ou {}"],
)
def test_each_address_of_a_cell_is_tried(member, cell):
    assert who(last_name="Lefèvre", email=cell.format(member.email)) == member


def test_a_part_of_an_address_is_nobodys(db):
    factories.make_member(last_name="O’BRIEN", email="brien@cabinet.example")
    own = factories.make_member(last_name="O’BRIEN", email="o'brien@cabinet.example")
    assert who(last_name="O'Brien", email="o'brien@cabinet.example") == own
    assert who(last_name="OBRIEN", email="O’BRIEN@cabinet.example") == own
    assert who(last_name="OBRIEN", email="o 'brien@cabinet.example") is None


def test_a_domain_in_letters_and_as_the_network_has_it_are_one(db):
    member = factories.make_member(last_name="NGUYEN", email="helene@société-conseil.example")
    for email in ("helene@xn--socit-conseil-ehbb.example", "HELENE@SOCIÉTÉ-CONSEIL.EXAMPLE"):
        assert who(last_name="Nguyen", email=email) == member


@pytest.mark.parametrize(
    ("registry", "typed"),
    [
        ("DE LA TOUR", "La Tour (de)"),
        ("D’ALMEIDA", "Almeida (d')"),
        ("L’HOSTIS", "LHOSTIS"),
        ("O’BRIEN", "OBRIEN"),
        ("O'BRIEN-SMITH", "OBrien Smith"),
        ("N’GUESSAN", "NGUESSAN KOFFI"),
        ("SAINT-JEAN", "St-Jean"),
        ("STE MARIE", "Sainte-Marie"),
        ("BOUCHER DE LA RUPELLE", "de la Rupelle"),
        ("DURAND", "LEROY née DURAND"),
        ("LEROY", "LEROY née DURAND"),
        ("DURAND", "Durand épouse Leroy"),
        ("LEROY", "DURAND ép. LEROY"),
        ("DURAND", "LEROY (DURAND)"),
        ("DURAND", "DURAND-LEROY"),
        ("LEROY née DURAND", "Durand"),
        ("DURAND", "Mme DURAND"),
        ("DURAND", "M. le Durand"),
        ("DURAND", "Maître Durand"),
        ("PARIS", "PARIS *"),
        ("PARIS", "PARIS (1)"),
        ("WAŁĘSA", "Walesa"),
        ("SØRENSEN", "Sorensen"),
        ("WEIß", "Weiss"),
        ("LŒUILLET", "LOEUILLET"),
        ("ИВАНОВ", "Иванов"),
        ("王", "王"),
        ("한", "한"),
        ("ME", "M. Me"),
    ],
)
def test_a_family_name_agrees_as_people_write_it(db, registry, typed):
    member = factories.make_member(number="A7", last_name=registry, first_name="Anne")
    assert who(last_name=typed, first_name="Anne", member_number="A7") == member


@pytest.mark.parametrize("typed", ["Maître", "Mme", "Mme.", "M.", "Dr", "★", "***", "12", "(1)"])
@pytest.mark.parametrize("registry", ["LE MAÎTRE", "MAÎTRE", "MME", "DURAND", "★"])
def test_a_civility_or_a_sign_alone_agrees_with_nobody(db, registry, typed):
    factories.make_member(number="A7", last_name=registry, first_name="Anne")
    assert who(last_name=typed, member_number="A7") is None
    assert who(last_name=typed, full_name=typed, member_number="A7") is None


def test_who_is_called_maitre_is_recognised_with_their_first_name(db):
    member = factories.make_member(number="A7", last_name="MAÎTRE", first_name="Anne")
    assert who(last_name="Maître", first_name="Anne", member_number="A7") == member
    assert who(last_name="Maître", full_name="Maître Anne", member_number="A7") == member
    assert who(last_name="Anne", full_name="Maître Anne Durand", member_number="A7") == member
    other = factories.make_member(number="A8", last_name="DURAND", first_name="Anne")
    assert who(last_name="Durand", full_name="Maître Anne Durand", member_number="A8") == other


def test_two_people_of_the_same_two_names_are_told_by_their_key(db):
    paul = factories.make_member(number="A24", last_name="JEAN", first_name="Paul")
    jean = factories.make_member(number="A25", last_name="PAUL", first_name="Jean")
    for names in ({"last_name": "JEAN", "first_name": "Paul"}, {"last_name": "PAUL"}):
        names.setdefault("first_name", "Jean")
        assert who(member_number="A24", **names) == paul
        assert who(member_number="A25", **names) == jean


# --- the name of somebody else --------------------------------------------------------------------


@pytest.fixture
def namesakes(db):
    """Françoise, whose key is on the line; Michel and Jean-Pierre, of the same family name."""
    return [
        factories.make_member(number=f"A{number}", last_name="BERNARD", first_name=first)
        for number, first in [(31, "Françoise"), (32, "Michel"), (33, "Jean-Pierre")]
    ]


@pytest.mark.parametrize("first", ["Michel", "MICHEL", "Jean Pierre"])
def test_a_key_under_the_whole_name_of_another_member_recognises_nobody(namesakes, first):
    match = matching.find([line(last_name="Bernard", first_name=first, member_number="A31")])[0]
    assert match.member is None
    assert "Le nom est celui de BERNARD" in match.note
    assert match.note.endswith("; numéro : BERNARD Françoise (A31).")
    assert who(full_name=f"{first} Bernard", last_name="", member_number="A31") is None


@pytest.mark.parametrize(
    "first", ["Françoise", "Francoise Marie", "F.", "Zébulon", "Fanchon", "", "Mme"]
)
def test_a_first_name_that_no_other_member_bears_leaves_it_to_the_key(namesakes, first):
    assert who(last_name="Bernard", first_name=first, member_number="A31") == namesakes[0]


@pytest.mark.parametrize("first", ["Jean", "Pierre", "J.-P.", "JP", "J", "Jean-Pierre Michel"])
def test_a_part_of_a_first_name_or_its_initials_are_its_bearers(namesakes, first):
    assert who(last_name="Bernard", first_name=first, member_number="A33") == namesakes[2]


def test_what_recognised_a_line_is_said(member):
    match = matching.find(
        [line(last_name="Lefèvre", member_number="123", email="helene@cabinet.example")]
    )[0]
    assert match.by == "numéro, e-mail"


@pytest.mark.parametrize("lines", [1, 500])
def test_matching_takes_as_many_queries_for_500_lines_as_for_one(
    member, lines, django_assert_num_queries
):
    rows = [
        line(last_name="X", member_number=f"A{n}", email=f"x{n}@exemple.test", orias=f"{n:08}")
        for n in range(123, 123 + lines)
    ]
    # Numbers, ORIAS numbers and e-mails together; the same as former ones; former names; namesakes.
    with django_assert_num_queries(4):
        matching.find(rows)
    # As many when nobody is known.
    with django_assert_num_queries(4):
        matching.find([line(last_name="X", member_number="B777")])


def test_cells_of_several_keys_take_no_more_queries(member, django_assert_num_queries):
    rows = [
        line(
            last_name="X",
            member_number=f"A{n} / A{n + 1000}",
            email=f"x{n}@exemple.test ; y{n}@exemple.test ; z{n}@exemple.test",
            orias=f"{n + 1000000:08} {n + 2000000:08}",
        )
        for n in range(123, 623)
    ]
    with django_assert_num_queries(4):
        matching.find(rows)


def who_by_row(path, members):
    """The family name of whom each line of a shared sample is, "" for nobody."""
    roster = parse(read_workbook(path))
    for number, fields in members.items():
        factories.make_member(number=number, **fields)
    found = matching.find(roster.lines)
    return [match.member.number if match.member else match.note for match in found]


@pytest.mark.django_db
@needs_samples
def test_the_sample_of_two_addresses_in_a_cell_is_recognised_by_either():
    names = ["DUBOIS", "FRANÇOIS", "DAVID", "FAURE", "VINCENT", "ROUSSEL", "FOURNIER"]
    members = {
        f"A{rank}": {"last_name": name, "email": f"adherent{rank}@cabinet.example"}
        for rank, name in enumerate(names, 1)
    }
    path = SAMPLES / "field/14-two-emails-in-a-cell/deux-mails.xlsx"
    assert who_by_row(path, members) == list(members)


@pytest.mark.django_db
@needs_samples
def test_the_sample_of_birth_names_is_recognised_by_any_of_them():
    path = SAMPLES / "field/16-birth-names/noms-de-naissance.xlsx"
    members = {"A00021": {"last_name": "DURAND", "first_name": "Anne"}}
    assert who_by_row(path, members) == ["A00021"] * 6


@pytest.mark.django_db
@needs_samples
def test_the_sample_of_a_domain_in_letters_is_recognised_in_both_forms():
    path = SAMPLES / "field/38-idn-address/presents-idn.xlsx"
    members = {"A1": {"last_name": "NGUYEN", "email": "helene@société-conseil.example"}}
    assert who_by_row(path, members) == ["A1", "A1"]


@pytest.mark.django_db
@needs_samples
def test_the_samples_of_names_and_numbers_are_recognised_as_a_person_does():
    registry, errors = registry_file.parse(
        read_workbook(SAMPLES / "adherents-plus.xlsx", max_rows=registry_file.MAX_ROWS)
    )
    assert errors == []
    fields = ("number", "last_name", "first_name", "email", "orias")
    bulk.insert(
        Member, [Member(**{name: getattr(row, name) for name in fields}) for row in registry]
    )
    expected = json.loads((SAMPLES / "rosters/expected.json").read_text())
    for name in ("22_civilites", "24_particules", "26_inverses", "28_numeros", "32_notes_de_bas"):
        roster = parse(read_workbook(SAMPLES / f"rosters/{name}.xlsx"))
        found = [match.member.number for match in matching.find(roster.lines) if match.member]
        assert found == [row["who"] for row in expected[f"{name}.xlsx"]["lines"]], name


# --- the time typed for somebody ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("24", 1440), ("150 min", 150), ("2 h 30", 150), ("", None), ("25", "25 min"), ("150", "2 h")],
)
def test_a_number_that_was_meant_as_minutes_is_not_read_as_hours(typed, minutes):
    form = ParticipantForm({"last_name": "Bernard", "member_number": "A31", "minutes": typed})
    if isinstance(minutes, str):
        assert f"« {typed} » sans unité se lit en heures" in form.errors["minutes"][0]
        assert minutes in form.errors["minutes"][0].replace("\u00a0", " ").replace("\u202f", " ")
    else:
        assert form.is_valid(), form.errors
        assert form.cleaned_data["minutes"] == minutes
