"""The floor of the QCM's bench: settings of the portal, and one bare view at their address.

The same middleware, the same database, cache and server; `ROOT_URLCONF` alone is another.
"""

from django.http import HttpResponse
from django.urls import path

from bench.plain import *  # noqa: F403

ROOT_URLCONF = "bench.floor"


def bare(request, pk):
    """Read one row, write it, say « ok »."""
    from qcm.models import Invitation

    row = Invitation.objects.get(pk=pk)
    row.save(update_fields=["minutes"])
    return HttpResponse("ok")


urlpatterns = [path("<int:pk>/", bare)]
