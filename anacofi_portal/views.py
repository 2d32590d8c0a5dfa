"""Pages that belong to no app."""

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render


def home(request):
    """The public front page."""
    return render(request, "home.html")


def health(request):
    """« ok » when the process answers and reaches its database; for the load balancer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
