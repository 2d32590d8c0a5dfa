"""A member's pages: the QCM's door, its questions, its end, its result.

GET reads only. One exception is the clock's: an attempt whose time ran out is marked by whoever
looks first. All pages but the two links are for browsers that opened the invitation's link.
"""

from functools import wraps

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import WrongStatus
from members.domain import ledger

from .. import links
from ..domain import attempts, marks
from ..domain.attempts import ForeignAnswer
from ..models import Attempt, Invitation
from . import access, pages


def closed(request, title, text, *, status, invitation=None):
    """A page that says, in a sentence or two, why there is nothing to do here."""
    context = {"title": title, "text": text, "invitation": invitation}
    return render(request, "qcm/closed.html", context, status=status)


def not_opened(request):
    return closed(
        request,
        "Ouvrez le lien reçu par e-mail",
        "Cette page s’ouvre par le lien personnel de l’e-mail qui vous invite à passer le QCM. "
        "Vos réponses déjà enregistrées sont gardées.",
        status=404,
    )


def bad_link(request):
    return closed(
        request,
        "Ce lien n’est pas valable",
        "Il est peut-être incomplet : ouvrez-le depuis l’e-mail, ou copiez-le en entier.",
        status=404,
    )


def withdrawn(request, invitation):
    return closed(
        request,
        "Ce QCM n’est plus à passer",
        "Il a été retiré : vous n’avez rien à faire.",
        status=410,
        invitation=invitation,
    )


def expired(request, invitation):
    day = timezone.localtime(invitation.deadline_at)
    return closed(
        request,
        "Le délai est passé",
        f"Ce QCM était à passer avant le {day:%d/%m/%Y à %H:%M}. "
        "Pour toute question, écrivez à l’ANACOFI.",
        status=410,
        invitation=invitation,
    )


@never_cache
@require_safe
def open_link(request, token):
    """Follow a personal link: remember it, then go on without the token in the address."""
    pk = links.read_invitation(token)
    invitation = pk and access.invitation(pk)
    if not invitation:
        return bad_link(request)
    if invitation.status == Invitation.Status.WITHDRAWN:
        return withdrawn(request, invitation)
    if timezone.now() > invitation.deadline_at and not invitation.attempts.started().exists():
        return expired(request, invitation)
    access.remember(request, [pk])
    return redirect("qcm:entry", pk)


@never_cache
@require_safe
def open_reminder(request, token):
    """Follow a reminder's link, which opens the invitations that it lists."""
    still_open = Invitation.objects.open_at(timezone.now())
    pks = list(
        still_open.filter(pk__in=links.read_reminder(token))
        .order_by("-deadline_at", "-pk")
        .values_list("pk", flat=True)
    )
    if not pks:
        if links.read_reminder(token):
            return closed(
                request,
                "Il n’y a plus rien à passer",
                "Les QCM de ce rappel sont passés, retirés, ou leur délai est terminé.",
                status=410,
            )
        return bad_link(request)
    access.remember(request, pks)
    return redirect("qcm:index")


@never_cache
@require_safe
def from_hours(request, pk):
    """The way from « Mes heures »: the member who is known there opens an own QCM."""
    member = access.hours_member(request)
    if not member or not Invitation.objects.filter(pk=pk, member=member).exists():
        return not_opened(request)
    access.remember(request, [pk])
    return redirect("qcm:entry", pk)


@never_cache
@require_safe
def index(request):
    """The QCMs that this browser opened."""
    invitations = list(
        Invitation.objects.filter(pk__in=access.opened(request))
        .select_related("training__organism")
        .order_by("deadline_at", "pk")
    )
    if not invitations:
        return not_opened(request)
    return render(request, "qcm/index.html", {"invitations": invitations})


def opened_here(view):
    """Say what to do to a browser that did not open the invitation's link."""

    @wraps(view)
    def wrapped(request, pk):
        if pk not in access.opened(request):
            return not_opened(request)
        return view(request, pk)

    return wrapped


@never_cache
@require_safe
@opened_here
def entry(request, pk):
    """The door: what it is about, and « Commencer »; opening it changes nothing."""
    invitation = access.invitation(pk)
    tried = attempts.of_invitation(pk)
    running = next((attempt for attempt in tried if attempt.is_started), None)
    if running:
        running.invitation = invitation
        if running.is_overdue:
            return _time_is_over(running, pk)
    elif invitation.status == Invitation.Status.WITHDRAWN:
        return withdrawn(request, invitation)
    elif invitation.status != Invitation.Status.OPEN:
        return redirect("qcm:result", invitation.pk)
    elif invitation.is_expired:
        return expired(request, invitation)
    return render(request, "qcm/entry.html", pages.entry(invitation, tried, running))


def _time_is_over(running, pk):
    """Mark the attempt, and go where it led; to the door when it was withdrawn at this moment."""
    try:
        attempts.finish(running.pk, pk)
    except WrongStatus:
        return redirect("qcm:entry", pk)
    return redirect("qcm:result", pk)


@require_POST
@opened_here
def start(request, pk):
    """« Commencer le QCM »."""
    try:
        attempts.start(pk)
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("qcm:entry", pk)
    return redirect("qcm:attempt", pk)


@never_cache
@require_safe
@opened_here
def attempt(request, pk):
    """All the questions of the running attempt, with what is ticked."""
    running = access.running(pk)
    if not running:
        return redirect("qcm:entry", pk)
    if running.is_overdue:
        return _time_is_over(running, pk)
    return render(request, "qcm/attempt.html", pages.attempt(running.invitation, running))


@require_POST
def save(request, pk):
    """Keep what is ticked for one question; JSON for `qcm.js`."""
    if pk not in access.opened(request):
        message = (
            "Votre session a expiré. Rouvrez le lien reçu par e-mail : vos réponses sont gardées "
            "sur cet appareil et seront enregistrées."
        )
        return JsonResponse({"message": message}, status=403)
    number, question = (
        pages.number(request.POST.get(name, "")) for name in ("attempt", "question")
    )
    choices = [pages.number(value) for value in request.POST.getlist("choice")]
    if None in (number, question, *choices):
        return JsonResponse({"message": "Cette réponse est incomplète."}, status=400)
    try:
        at = attempts.save_answers(number, pk, {question: choices})
    except Attempt.DoesNotExist:
        message = "Cette tentative n’est pas celle de votre QCM."
        return JsonResponse({"message": message}, status=404)
    except ForeignAnswer as error:
        return JsonResponse({"message": str(error)}, status=400)
    except WrongStatus as error:
        return JsonResponse({"message": str(error), "ended": True}, status=409)
    return JsonResponse({"saved": f"{timezone.localtime(at):%H:%M}"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@opened_here
def finish(request, pk):
    """« Terminer »: keep the page's answers, show what is unanswered, then mark.

    A form with `answers` is the page of questions; one with `confirm` is the last step.
    """
    if request.method != "POST":
        running = access.running(pk)
        if not running:
            return redirect("qcm:result", pk)
        context = {"invitation": running.invitation, "attempt": running}
        context["unanswered"] = marks.unanswered(running)
        return render(request, "qcm/finish.html", context)
    number = pages.number(request.POST.get("attempt", ""))
    try:
        if "answers" in request.POST or "confirm" not in request.POST:
            running = Attempt.objects.get(pk=number, invitation=pk)
            if "answers" in request.POST and running.is_started:
                attempts.save_form(running, pages.ticked(request.POST, running))
            if "confirm" not in request.POST and running.is_started:
                return redirect("qcm:finish", pk)
        attempts.finish(number, pk)
    except Attempt.DoesNotExist:
        messages.error(request, "Cette tentative n’est pas celle de votre QCM.")
        return redirect("qcm:entry", pk)
    except ForeignAnswer as error:
        messages.error(request, str(error))
        return redirect("qcm:attempt", pk)
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("qcm:entry", pk)
    return redirect("qcm:result", pk)


@never_cache
@require_safe
@opened_here
def result(request, pk):
    """The score of the last attempt, and what happens next."""
    invitation = access.invitation(pk)
    if invitation.status == Invitation.Status.WITHDRAWN:
        return withdrawn(request, invitation)
    tried = attempts.of_invitation(pk)
    if not any(attempt.is_finished for attempt in tried):
        return redirect("qcm:entry", pk)
    context = pages.result(invitation, tried)
    if invitation.status == Invitation.Status.PASSED:
        year = invitation.training.year
        totals = ledger.year_total(invitation.member, year)
        context |= {"year": year, "year_minutes": totals["total"]}
    return render(request, "qcm/result.html", context)
