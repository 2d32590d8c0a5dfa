"""URLs of the attendance app."""

from django.urls import path

from .views import corrections as correcting
from .views import sheets as views

app_name = "attendance"

urlpatterns = [
    path("", views.training_list, name="trainings"),
    path("formations/<int:pk>/", views.training, name="training"),
    path("formations/<int:pk>/modele.xlsx", views.roster_model, name="roster_model"),
    path("formations/<int:pk>/fichiers/<slug:kind>/", views.upload, name="upload"),
    path("formations/<int:pk>/fichiers/<slug:kind>/retirer/", views.remove_file, name="remove"),
    path("feuilles/<int:pk>/", views.sheet, name="sheet"),
    path("feuilles/<int:pk>/lecture/", views.progress, name="progress"),
    path("feuilles/<int:pk>/fichier/", correcting.replace_roster, name="replace"),
    path("feuilles/<int:pk>/cocher/", views.tick, name="tick"),
    path("feuilles/<int:pk>/ajouter/", correcting.add_participant, name="add"),
    path(
        "feuilles/<int:pk>/lignes/<int:line>/retrait/", correcting.ask_removal, name="ask_removal"
    ),
    path("feuilles/<int:pk>/lignes/<int:line>/", correcting.edit_participant, name="edit"),
    path("feuilles/<int:pk>/liste-annotee.xlsx", correcting.annotated_list, name="annotated"),
    path("formations/<int:pk>/verifier/", correcting.check, name="check"),
    path("lectures/<int:pk>/", correcting.second, name="second"),
    path("lectures/<int:pk>/appliquer/", correcting.apply_second, name="apply_second"),
    path("lectures/<int:pk>/abandonner/", correcting.forget_second, name="forget_second"),
    path("feuilles/<int:pk>/dates/", correcting.edit_session, name="session"),
    path("feuilles/<int:pk>/colonnes/", correcting.tell_columns, name="columns"),
    path("feuilles/<int:pk>/session/", correcting.pick_session, name="pick"),
    path("feuilles/<int:pk>/valider/", views.validate, name="validate"),
    path("feuilles/<int:pk>/supprimer/", views.discard, name="discard"),
    path("feuilles/<int:pk>/scan/", views.scan, name="scan"),
    path("feuilles/<int:pk>/liste/", views.roster, name="roster"),
]
