"""URLs of the qcm app."""

from django.urls import path

from .views import attempts as views

app_name = "qcm"

urlpatterns = [
    path("", views.index, name="index"),
    path("lien/<str:token>/", views.open_link, name="open"),
    path("rappel/<str:token>/", views.open_reminder, name="open_reminder"),
    path("<int:pk>/", views.entry, name="entry"),
    path("<int:pk>/ouvrir/", views.from_hours, name="from_hours"),
    path("<int:pk>/commencer/", views.start, name="start"),
    path("<int:pk>/questions/", views.attempt, name="attempt"),
    path("<int:pk>/reponse/", views.save, name="save"),
    path("<int:pk>/terminer/", views.finish, name="finish"),
    path("<int:pk>/resultat/", views.result, name="result"),
]
