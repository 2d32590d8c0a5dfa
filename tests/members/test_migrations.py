"""Imports from before there was one kind of job keep their state."""

from datetime import date

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
