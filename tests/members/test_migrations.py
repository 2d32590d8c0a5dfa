"""Imports from before there was one kind of job keep their state."""

from datetime import date

from common.spreadsheets import fold

STATES = ["reading", "ready", "unreadable", "applied", "abandoned"]


def test_the_state_of_each_import_is_its_status(migrate):
    before = migrate("members", "0003_ledger_append_only").get_model("members", "RegistryImport")
    for state in STATES:
        before.objects.create(
            state=state, name=state, arrivals_on=date(2026, 1, 1), effective_on=date(2026, 1, 1)
        )
    after = migrate("members", "0004_import_as_a_job").get_model("members", "RegistryImport")
    rows = after.objects.order_by("pk").values_list("name", "status", "tries", "leased_until")
    assert list(rows) == [(state, state, 0, None) for state in STATES]
    # One that was being read is found by the sweep.
    assert after.objects.filter(asked_at__isnull=False).count() == len(STATES)


XN = "helene@xn--socit-conseil-ehbb.example"


def test_keys_are_written_as_they_are_read_now(migrate):
    before = migrate("members", "0004_import_as_a_job")
    Member, FormerKey = (before.get_model("members", name) for name in ("Member", "FormerKey"))
    # As they were written: cut addresses, letters left out, domains in letters.
    walesa = Member.objects.create(
        number="A1",
        last_name="WAŁĘSA",
        email="helene@société-conseil.example",
        number_key="1",
        email_key="helene@société-conseil.example",
        last_name_key="wa sa",
        search="wa sa a1",
    )
    obrien = Member.objects.create(
        number="ANACOFI 2", last_name="O’BRIEN", email="o'brien@x.fr", number_key="ANACOFI2"
    )
    Member.objects.filter(pk=obrien.pk).update(email_key="brien@x.fr", last_name_key="o brien")
    same = Member.objects.create(number="A3", last_name="DURAND", number_key="3")
    Member.objects.filter(pk=same.pk).update(last_name_key="durand", search="durand a3")
    for value in ("helene@société-conseil.example", XN, "pas une adresse"):
        FormerKey.objects.create(member=walesa, kind="email_key", value=value)
    FormerKey.objects.create(member=obrien, kind="last_name_key", value="sørensen")
    after = migrate("members", "0005_keys_read_whole")
    rows = after.get_model("members", "Member").objects.order_by("pk")
    names = ("email", "number_key", "email_key", "last_name_key", "search")
    assert list(rows.values_list(*names)) == [
        (XN, "1", XN, "walesa", f"walesa a1 {fold(XN)} helene societe conseil example"),
        ("o'brien@x.fr", "2", "o'brien@x.fr", "o brien", "o brien anacofi 2 o brien x fr"),
        ("", "3", "", "durand", "durand a3"),
    ]
    former = after.get_model("members", "FormerKey").objects.order_by("pk")
    assert list(former.values_list("value", flat=True)) == [XN, "pas une adresse", "sorensen"]


def test_a_file_that_waits_is_read_again_for_its_lines(migrate):
    before = migrate("members", "0007_lines_of_an_import").get_model("members", "RegistryImport")
    days = {"arrivals_on": "2026-01-01", "effective_on": "2026-01-01"}
    for status in ("ready", "applied"):
        before.objects.create(name=status, file="x", status=status, rows=[{"number": "1"}], **days)
    after = migrate("members", "0008_journal_of_imports").get_model("members", "RegistryImport")
    assert set(after.objects.values_list("name", "status")) == {
        ("ready", "reading"),
        ("applied", "applied"),
    }
    assert after.objects.get(name="ready").rows == []
