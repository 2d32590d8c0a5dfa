"""URLs of the trainings app."""

from django.urls import path

from .views import correcting, editing, importing, requests, workshop

app_name = "trainings"

urlpatterns = [
    path("", requests.training_list, name="list"),
    path("ajouter/", editing.create, name="create"),
    path("taille-des-jeux/", editing.sizing, name="sizing"),
    path("modele-qcm.xlsx", requests.qcm_model, name="qcm_model"),
    path("documents/<int:pk>/", requests.document, name="document"),
    path("documents/<int:pk>/retirer/", editing.remove_document, name="remove_document"),
    path("corrections/<int:pk>/", correcting.correction, name="correction"),
    path("<int:pk>/", requests.detail, name="detail"),
    path("<int:pk>/modifier/", editing.edit, name="edit"),
    path("<int:pk>/garder/", editing.autosave, name="autosave"),
    path("<int:pk>/fichiers/<slug:kind>/", editing.upload, name="upload"),
    path("<int:pk>/qcm/", workshop.workshop, name="workshop"),
    path("<int:pk>/qcm/importer/", importing.import_questions, name="import_questions"),
    path("<int:pk>/qcm/importer/lecture/", importing.import_progress, name="import_progress"),
    path("<int:pk>/qcm/importer/valider/", importing.apply_import, name="apply_import"),
    path("<int:pk>/qcm/importer/abandonner/", importing.drop_import, name="drop_import"),
    path("<int:pk>/qcm/exporter/<slug:form>/", importing.export, name="export_questions"),
    path("<int:pk>/qcm/ajouter/", workshop.add_question, name="add_question"),
    path(
        "<int:pk>/qcm/remettre/<int:removed>/", workshop.restore_question, name="restore_question"
    ),
    path("<int:pk>/qcm/questions/<int:question>/", workshop.question, name="question"),
    path(
        "<int:pk>/qcm/questions/<int:question>/deplacer/",
        workshop.move_question,
        name="move_question",
    ),
    path(
        "<int:pk>/qcm/questions/<int:question>/dupliquer/",
        workshop.duplicate_question,
        name="duplicate_question",
    ),
    path(
        "<int:pk>/qcm/questions/<int:question>/supprimer/",
        workshop.remove_question,
        name="remove_question",
    ),
    path("<int:pk>/retirer/", requests.withdraw, name="withdraw"),
    path("<int:pk>/supprimer/", requests.delete, name="delete"),
    path("<int:pk>/renouveler/", requests.renew, name="renew"),
]
