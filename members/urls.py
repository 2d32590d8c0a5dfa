"""URLs of the members app."""

from django.urls import path

from . import views

app_name = "members"

urlpatterns = [
    path("", views.home, name="home"),
    path("lien/", views.ask, name="ask"),
    path("lien/envoye/", views.asked, name="asked"),
    path("entrer/<str:token>/", views.enter, name="enter"),
    path("attestation/<int:year>/", views.certificate, name="attestation"),
    path("sortir/", views.leave, name="leave"),
]
