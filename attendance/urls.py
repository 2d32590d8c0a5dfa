"""URLs of the attendance app."""

from django.urls import path

from .views import lines, second, sessions, sheets, trainings, workbooks

app_name = "attendance"

urlpatterns = [
    path("", trainings.training_list, name="trainings"),
    path("formations/<int:pk>/", trainings.training, name="training"),
    path("formations/<int:pk>/modele.xlsx", workbooks.roster_model, name="roster_model"),
    path("formations/<int:pk>/fichiers/<slug:kind>/", trainings.upload, name="upload"),
    path("formations/<int:pk>/fichiers/<slug:kind>/retirer/", trainings.remove_file, name="remove"),
    path("feuilles/<int:pk>/", sheets.sheet, name="sheet"),
    path("feuilles/<int:pk>/lecture/", sheets.progress, name="progress"),
    path("feuilles/<int:pk>/fichier/", second.replace_roster, name="replace"),
    path("feuilles/<int:pk>/cocher/", lines.tick, name="tick"),
    path("feuilles/<int:pk>/ajouter/", lines.add_participant, name="add"),
    path("feuilles/<int:pk>/lignes/<int:line>/retrait/", lines.ask_removal, name="ask_removal"),
    path("feuilles/<int:pk>/lignes/<int:line>/", lines.edit_participant, name="edit"),
    path("feuilles/<int:pk>/liste-annotee.xlsx", workbooks.annotated_list, name="annotated"),
    path("formations/<int:pk>/verifier/", second.check, name="check"),
    path("lectures/<int:pk>/", second.second, name="second"),
    path("lectures/<int:pk>/appliquer/", second.apply_second, name="apply_second"),
    path("lectures/<int:pk>/questions/", second.answer_second, name="answer_second"),
    path("lectures/<int:pk>/abandonner/", second.forget_second, name="forget_second"),
    path("feuilles/<int:pk>/dates/", sessions.edit_session, name="session"),
    path("feuilles/<int:pk>/questions/", sessions.answer, name="answer"),
    path("feuilles/<int:pk>/repondre-de-nouveau/", sessions.answer_again, name="answer_again"),
    path("feuilles/<int:pk>/colonnes/", sessions.tell_columns, name="columns"),
    path("feuilles/<int:pk>/session/", sessions.pick_session, name="pick"),
    path("feuilles/<int:pk>/valider/", sheets.validate, name="validate"),
    path("feuilles/<int:pk>/supprimer/", sheets.discard, name="discard"),
    path("feuilles/<int:pk>/scan/", sheets.scan, name="scan"),
    path("feuilles/<int:pk>/liste/", sheets.roster, name="roster"),
]
