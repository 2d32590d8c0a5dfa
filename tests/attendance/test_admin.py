"""What staff open of a sheet: its files, by their rights alone."""

import pytest

from tests.factories import make_member, make_sheet, make_staff, row_of


@pytest.fixture
def sheet(training):
    return make_sheet(training, rows=[row_of(make_member())])


def files_of(sheet):
    base = f"/admin/attendance/sheet/{sheet.pk}/fichiers"
    return {kind: f"{base}/{kind}/" for kind in ("scan", "liste", "autre")}


def test_staff_open_the_scan_and_the_list_and_nothing_else(client, officer, settings, sheet):
    settings.DEMO = True
    client.force_login(officer)
    files = files_of(sheet)
    for kind, start, disposition in [
        ("scan", b"%PDF", 'inline; filename="emargement.pdf"'),
        ("liste", b"PK", 'attachment; filename="presents.xlsx"'),
    ]:
        answer = client.get(files[kind])
        assert b"".join(answer.streaming_content).startswith(start)
        assert answer["Content-Disposition"] == disposition
    assert client.get(files["autre"]).status_code == 404
    assert client.get("/admin/attendance/sheet/31415/fichiers/scan/").status_code == 404


def test_a_verb_of_a_sheet_that_is_gone_is_told(client, administrator, settings, sheet):
    settings.DEMO = True
    client.force_login(administrator)
    answer = client.get("/admin/attendance/sheet/31415/annuler/", follow=True)
    [sentence] = [str(one) for one in answer.context["messages"]]
    assert "31415" in sentence


def test_staff_without_the_right_open_no_file(client, settings, sheet, db):
    settings.DEMO = True
    client.force_login(make_staff("Chargé de formation"))
    user = client.get("/admin/").wsgi_request.user
    user.groups.clear()
    for kind in ("scan", "liste"):
        assert client.get(files_of(sheet)[kind]).status_code == 403
