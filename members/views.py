"""« Mes heures »: asked for by e-mail, entered by a button, read on a phone."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.limits import too_many
from common.errors import WrongStatus

from . import links
from .domain import attestation, ledger, sign_in
from .forms import AskForm
from .models import HoursCredit, Member

SESSION_SECONDS = 2 * 3600


def ask(request):
    """Ask for a link; the same answer whether the address is known or not."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if too_many(request, "sign-in-link", email=email):
            form.add_error(None, "Trop de demandes. Réessayez dans une heure.")
        else:
            sign_in.ask_links(email)
            return redirect("members:asked")
    return render(request, "members/ask.html", {"form": form})


def asked(request):
    return render(request, "members/asked.html")


@never_cache
def enter(request, token):
    """The page of the mailed link. Only its button enters: mail scanners open links."""
    link = sign_in.usable(links.read(links.SIGN_IN, token))
    if link is None:
        return render(request, "members/dead_link.html", status=410)
    if request.method == "POST":
        try:
            member = sign_in.use(link)
        except WrongStatus:
            return render(request, "members/dead_link.html", status=410)
        links.open_session(request, links.SIGN_IN, member.pk, seconds=SESSION_SECONDS)
        return redirect("members:home")
    return render(request, "members/enter.html", {"member": link.member})


def _member(request):
    return Member.objects.filter(pk=links.session_subject(request, links.SIGN_IN)).first()


@never_cache
def home(request):
    """The year's total, the entries, the QCMs to take."""
    member = _member(request)
    if member is None:
        return redirect("members:ask")
    years = ledger.years(member)
    year = _year(request, years)
    due = ledger.due(member, year)
    totals = ledger.year_total(member, year)
    return render(
        request,
        "members/home.html",
        {
            "member": member,
            "year": year,
            "years": years,
            "totals": totals,
            "due": due,
            "left": due.left(totals) if due else None,
            "entries": member.credits.filter(year=year)
            .select_related("training", "corrects")
            .order_by("-created_at", "-pk"),
            "invitations": member.invitations.filter(status="open", deadline_at__gt=timezone.now())
            .select_related("training")
            .order_by("deadline_at"),
            "kinds": HoursCredit.Kind,
        },
    )


def _year(request, years):
    text = request.GET.get("annee", "")
    wanted = next((year for year in years if str(year) == text), None)
    return wanted or timezone.localdate().year


@never_cache
@require_safe
def certificate(request, year):
    """« Attestation annuelle »: a PDF of the counted hours, made on demand."""
    member = _member(request)
    if member is None:
        return redirect("members:ask")
    if year not in ledger.years(member):
        raise Http404
    response = HttpResponse(attestation.make(member, year), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="attestation-{year}.pdf"'
    return response


@require_POST
def leave(request):
    links.close_session(request, links.SIGN_IN)
    return redirect("home")
