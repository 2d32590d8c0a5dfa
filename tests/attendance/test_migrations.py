"""What stood in the tables before is told in the new words."""

from datetime import UTC, date, datetime, timedelta

from tests.factories import make_training

BEFORE = ("attendance", "0002_permissions")
AFTER = ("attendance", "0005_why_a_line_is_unticked")
DEPOSITED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# (from, to, comment) of each kind of row: (event, from, to).
JOURNAL = {
    ("", "reading", ""): ("deposit", "", "reading"),
    ("reading", "reading", "Session gardée : 02/03/2026"): ("split_off", "", "reading"),
    ("unreadable", "reading", "Autre fichier : bon"): ("replace_roster", "unreadable", "reading"),
    ("draft", "reading", "Sens des colonnes précisé"): ("tell_columns", "draft", "reading"),
    ("draft", "reading", "Session gardée : 02/03/2026"): ("keep_session", "draft", "reading"),
    ("reading", "draft", ""): ("record", "reading", "draft"),
    ("reading", "unreadable", "Vide."): ("mark_unreadable", "reading", "unreadable"),
    ("draft", "validated", "2 reconnus"): ("validate", "draft", "validated"),
    ("validated", "cancelled", "Erreur"): ("cancel", "validated", "cancelled"),
    ("", "session corrigée", "02/03/2026"): ("change_session", "", ""),
    ("", "participant ajouté", "DURAND"): ("add_participant", "", ""),
    ("", "participant confirmé", "DURAND"): ("confirm_participant", "", ""),
    ("", "participant retiré", "DURAND : non"): ("take_off", "", ""),
    ("", "retrait demandé", "DURAND : non"): ("ask_removal", "", ""),
    ("", "liste corrigée", "Remplacer la liste"): ("apply_file", "", ""),
    ("", "recompte", ""): ("recount", "", ""),
}
REPEATS = "Même personne qu’à la ligne"


def make_sheet(apps):
    day = date(2026, 3, 2)
    sheets = apps.get_model("attendance", "Sheet").objects
    sheet = sheets.create(
        training_id=make_training(status="approved").pk,
        starts_on=day,
        ends_on=day,
        readings=2,
        reading_until=DEPOSITED + timedelta(minutes=3),
    )
    sheets.update(deposited_at=DEPOSITED)
    return sheet


def test_each_row_of_the_journal_gets_its_event(migrate):
    apps = migrate(*BEFORE)
    sheet = make_sheet(apps)
    rows = apps.get_model("attendance", "SheetJournal").objects
    for from_status, to_status, comment in JOURNAL:
        rows.create(subject=sheet, from_status=from_status, to_status=to_status, comment=comment)
    rows = migrate(*AFTER).get_model("attendance", "SheetJournal").objects.order_by("pk")
    told = list(rows.values_list("event", "from_status", "to_status"))
    assert dict(zip(JOURNAL, told, strict=True)) == JOURNAL
    assert [row.comment for row in rows] == [comment for *_, comment in JOURNAL]


def test_a_reading_under_way_keeps_its_lease_and_its_tries(migrate):
    sheet = make_sheet(migrate(*BEFORE))
    sheet = migrate(*AFTER).get_model("attendance", "Sheet").objects.get(pk=sheet.pk)
    assert (sheet.tries, sheet.leased_until) == (2, DEPOSITED + timedelta(minutes=3))
    assert (sheet.asked_at, sheet.deposited_at) == (DEPOSITED, DEPOSITED)


def test_why_a_line_is_unticked_is_kept_by_itself(migrate):
    apps = migrate(*BEFORE)
    sheet = make_sheet(apps)
    lines = apps.get_model("attendance", "Participant").objects
    problems = [
        "",
        "Absent d’après le fichier.",
        f"{REPEATS} 2.",
        f"{REPEATS} 13.",
        "Le nom manque.",
    ]
    for problem in problems:
        lines.create(sheet=sheet, state="recognised", problem=problem)
    lines = migrate(*AFTER).get_model("attendance", "Participant").objects.order_by("pk")
    assert list(lines.values_list("problem", "same_as", "is_absent")) == [
        ("", None, False),
        ("Absent d’après le fichier.", None, True),
        (f"{REPEATS} 2.", 2, False),
        (f"{REPEATS} 13.", 13, False),
        ("Le nom manque.", None, False),
    ]


def test_lines_are_found_in_every_alphabet(migrate):
    before = migrate("attendance", "0006_journal_append_only")
    day = date(2026, 3, 2)
    sheet = before.get_model("attendance", "Sheet").objects.create(
        training_id=make_training(status="approved").pk, starts_on=day, ends_on=day
    )
    lines = before.get_model("attendance", "Participant").objects
    lines.create(sheet=sheet, state="recognised", last_name="WAŁĘSA", search="wa sa")
    lines.create(sheet=sheet, state="recognised", last_name="ИВАНОВ", email="a@ß.example")
    lines.create(sheet=sheet, state="recognised", last_name="DURAND", search="durand")
    after = migrate("attendance", "0007_found_in_every_alphabet")
    rows = after.get_model("attendance", "Participant").objects.order_by("pk")
    assert list(rows.values_list("search", flat=True)) == [
        "walesa",
        "ivanov a ss example a xn zca example",
        "durand",
    ]
