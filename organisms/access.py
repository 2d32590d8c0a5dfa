"""Who may enter the organisms' pages: the first line of every view of the private space.

The decorators set `request.person` and `request.organism`.
"""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from .models import Organism, Person

SUSPENDED = (
    "Votre compte est suspendu par l’ANACOFI : vous pouvez consulter vos données, "
    "mais pas les modifier."
)


def organism_required(view):
    """Signed in, and someone of an organism that was activated; staff are sent to the admin."""

    @wraps(view)
    @login_required
    def guarded(request, *args, **kwargs):
        person = Person.objects.select_related("organism", "user").filter(user=request.user).first()
        if person is None and request.user.is_staff:
            messages.info(request, "Cette page est celle des organismes ; voici la vôtre.")
            return redirect("admin:index")
        if person is None or person.organism.status not in Organism.SIGNED_IN_STATUSES:
            raise PermissionDenied
        request.person, request.organism = person, person.organism
        return view(request, *args, **kwargs)

    return guarded


def writing_required(view):
    """As `organism_required`; a suspended organism may look (GET) and change nothing (POST)."""

    @wraps(view)
    @organism_required
    def guarded(request, *args, **kwargs):
        if request.method not in {"GET", "HEAD"} and not request.organism.may_write:
            if request.headers.get("X-Requested-With") == "XMLHttpRequest" or request.htmx:
                return HttpResponse(SUSPENDED, status=403, content_type="text/plain; charset=utf-8")
            messages.error(request, SUSPENDED)
            return redirect("dashboard")
        return view(request, *args, **kwargs)

    return guarded


def administrator_required(view):
    """As `writing_required`, for the organism's account administrator alone (others: 403)."""

    @wraps(view)
    @writing_required
    def guarded(request, *args, **kwargs):
        if not request.person.is_administrator:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
