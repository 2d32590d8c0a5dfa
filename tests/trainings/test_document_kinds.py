"""Every kind of document has its types, its folder in the dossier, and its place on the pages."""

import re
import zipfile

import pytest
from django.urls import reverse

from tests.trainings.complete import file, make_complete_draft
from trainings.domain import documents, dossier
from trainings.models import Document

Kind = Document.Kind


@pytest.fixture
def draft(organism, owner):
    return make_complete_draft(organism, owner)


def test_every_kind_has_its_types_and_its_folder_in_the_dossier():
    assert set(dossier.FOLDERS) == set(documents.ALLOWED) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_a_document_of_each_kind_is_put_in_its_zone_and_found_everywhere(
    signed_in, draft, owner, kind
):
    draft.documents.all().delete()  # the only one is shown as well
    answer = signed_in.post(
        reverse("trainings:upload", args=[draft.pk, kind]), {"file": file(name="déposé.pdf")}
    )
    assert f'id="zone-{kind}"' in answer.content.decode()
    edit = signed_in.get(reverse("trainings:edit", args=[draft.pk])).content.decode()
    assert f'id="zone-{kind}"' in edit
    assert "déposé.pdf" in edit
    left_out = re.search(r'hx-params="not ([^"]*)"', edit)[1].split(",")
    assert f"file-{kind}" in left_out, "each change of the form would send the file again"
    detail = signed_in.get(reverse("trainings:detail", args=[draft.pk])).content.decode()
    assert "déposé.pdf" in detail
    with dossier.build(draft) as archive:
        names = zipfile.ZipFile(archive).namelist()
    assert [name.endswith("-depose.pdf") for name in names].count(True) == 1


def test_the_dossier_leaves_no_document_out_without_a_word(draft, monkeypatch):
    monkeypatch.delitem(dossier.FOLDERS, Kind.PRESENTATION)
    with pytest.raises(KeyError, match="presentation"):
        dossier.build(draft)
