"""Pages that belong to no app."""

import sys
from http import HTTPStatus

from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import loader
from django.views import defaults
from django.views.decorators.cache import never_cache

from common.expired import is_of_a_page, typed_here
from common.outage import away


def home(request):
    """The public front page."""
    return render(request, "home.html")


def health(request):
    """« ok » when the process answers and reaches its database; for the load balancer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def server_error(request):
    """An error (`handler500`): 503 and what was typed while a part of the portal is away."""
    part = away(sys.exc_info()[1])
    if part is None:
        return defaults.server_error(request)
    if is_of_a_page(request):
        context = {"sentence": part.sentence}
        if request.method == "POST":
            context |= typed_here(request) | {"csrf_token": get_token(request)}
        # No context processor: nothing of this page reads the session or the database.
        response = HttpResponse(loader.render_to_string("503.html", context))
    else:
        sentence = f"{part.sentence} Réessayez dans un instant."
        response = HttpResponse(sentence, content_type="text/plain; charset=utf-8")
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response["Retry-After"] = str(part.seconds)
    return response
