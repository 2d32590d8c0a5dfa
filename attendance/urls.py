"""URLs of the attendance app."""

from django.urls import path

from . import views

app_name = "attendance"

urlpatterns = [
    path("", views.training_list, name="trainings"),
    path("formations/<int:pk>/", views.training, name="training"),
    path("formations/<int:pk>/modele.xlsx", views.roster_model, name="roster_model"),
    path("formations/<int:pk>/fichiers/<slug:kind>/", views.upload, name="upload"),
    path("formations/<int:pk>/fichiers/<slug:kind>/retirer/", views.remove_file, name="remove"),
    path("feuilles/<int:pk>/", views.sheet, name="sheet"),
    path("feuilles/<int:pk>/lecture/", views.progress, name="progress"),
    path("feuilles/<int:pk>/fichier/", views.replace_roster, name="replace"),
    path("feuilles/<int:pk>/cocher/", views.tick, name="tick"),
    path("feuilles/<int:pk>/ajouter/", views.add_participant, name="add"),
    path("feuilles/<int:pk>/lignes/<int:line>/retrait/", views.ask_removal, name="ask_removal"),
    path("feuilles/<int:pk>/valider/", views.validate, name="validate"),
    path("feuilles/<int:pk>/supprimer/", views.discard, name="discard"),
    path("feuilles/<int:pk>/scan/", views.scan, name="scan"),
    path("feuilles/<int:pk>/liste/", views.roster, name="roster"),
]
