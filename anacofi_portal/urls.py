"""Every path of the portal; the only module that knows all the apps."""

from allauth.account import views as account_views
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path

from attendance.views import dashboard

from . import views

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)

handler500 = "anacofi_portal.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("sante/", views.health, name="health"),
    path("connexion/", account_views.login, name="account_login"),
    path("deconnexion/", account_views.logout, name="account_logout"),
    path("mot-de-passe/oublie/", account_views.password_reset, name="account_reset_password"),
    path(
        "mot-de-passe/oublie/envoye/",
        account_views.password_reset_done,
        name="account_reset_password_done",
    ),
    path("connexion/compte-ferme/", account_views.account_inactive, name="account_inactive"),
    # A regular expression, since the key has a hyphen of its own.
    re_path(
        r"^mot-de-passe/choisir/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/choisi/",
        account_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("connexion/confirmer/", account_views.reauthenticate, name="account_reauthenticate"),
    path("double-authentification/", include("accounts.mfa_urls")),
    path("tableau-de-bord/", dashboard.dashboard, name="dashboard"),
    path("organismes/", include("organisms.urls")),
    path("formations/", include("trainings.urls")),
    path("presences/", include("attendance.urls")),
    path("qcm/", include("qcm.urls")),
    path("mes-heures/", include("members.urls")),
    path("admin/", admin.site.urls),
]
