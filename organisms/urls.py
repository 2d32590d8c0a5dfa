"""URLs of the organisms app."""

from django.urls import path

from . import views

app_name = "organisms"

urlpatterns = [
    path("creer-un-compte/", views.register, name="register"),
    path("creer-un-compte/envoye/", views.registered, name="registered"),
    path("notre-organisme/", views.detail, name="detail"),
    path("notre-organisme/modifier/", views.edit, name="edit"),
    path("notre-organisme/inviter/", views.invite, name="invite"),
    path("notre-organisme/invitations/<int:pk>/renvoyer/", views.invite_again, name="invite_again"),
    path(
        "notre-organisme/invitations/<int:pk>/annuler/", views.cancel_invite, name="cancel_invite"
    ),
    path("notre-organisme/personnes/<int:pk>/role/", views.change_role, name="change_role"),
    path("notre-organisme/personnes/<int:pk>/retirer/", views.remove, name="remove"),
    path("invitation/<str:key>/", views.accept, name="accept"),
]
