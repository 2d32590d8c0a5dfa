"""Opening an account, and the organism's own data and people."""

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.limits import too_many
from common.addresses import shown
from common.errors import Refused

from .access import administrator_required, organism_required
from .domain import accounts, people
from .forms import AcceptForm, ColleagueForm, OrganismForm, RegisterForm
from .links import invite_from
from .models import Invite, Organism, Person

# Invitations in an hour: to one address, and from one place.
INVITES = {"per_email": 3, "per_ip": 50}


def register(request):
    """« Créer un compte »."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if too_many(request, "register", email=form.cleaned_data["email"]):
            form.add_error(
                None,
                "Trop de demandes ont été envoyées. Réessayez dans une heure : ce que vous avez "
                "écrit reste ci-dessous.",
            )
            return render(request, "organisms/register.html", {"form": form}, status=429)
        accounts.register(**form.cleaned_data)
        return redirect("organisms:registered")
    return render(request, "organisms/register.html", {"form": form})


def registered(request):
    """The same page whether the address was known or not."""
    return render(request, "organisms/registered.html")


@organism_required
def detail(request):
    """« Notre organisme »: its data, its people, and what happened to its account."""
    organism, person = request.organism, request.person
    return render(
        request,
        "organisms/detail.html",
        {
            "nav": "organism",
            "organism": organism,
            "person": person,
            "may_edit": person.is_administrator and organism.may_write,
            "people": organism.people.select_related("user"),
            "invites": organism.invites.all(),
            "journal": organism.journal.select_related("by"),
        },
    )


@administrator_required
def edit(request):
    # A row of its own: what is typed must not show in the page's frame before it is saved.
    organism = Organism.objects.get(pk=request.organism.pk)
    form = OrganismForm(request.POST or None, instance=organism)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change_data(request.organism, by=request.user, **form.cleaned_data)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Les données de l’organisme sont enregistrées.")
        return redirect("organisms:detail")
    return render(request, "organisms/edit.html", {"nav": "organism", "form": form})


# --- people -----------------------------------------------------------------------------------


@administrator_required
def invite(request):
    form = ColleagueForm(request.POST or None)
    context = {"nav": "organism", "form": form}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if too_many(request, "invite", email=data["email"], **INVITES):
            form.add_error(None, "Trop d’invitations. Réessayez dans une heure.")
            return render(request, "organisms/invite.html", context, status=429)
        try:
            invitation = people.invite(request.organism, by=request.user, **data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"L’invitation est envoyée à {shown(invitation.email)}.")
            return redirect("organisms:detail")
    return render(request, "organisms/invite.html", context)


@administrator_required
@require_POST
def invite_again(request, pk):
    invitation = get_object_or_404(Invite.objects.visible_to(request.user), pk=pk)
    if too_many(request, "invite", email=invitation.email, **INVITES):
        messages.error(request, "Trop d’invitations. Réessayez dans une heure.")
    else:
        _do(
            request,
            lambda: people.invite_again(invitation),
            f"Un nouveau lien est envoyé à {shown(invitation.email)}.",
        )
    return redirect("organisms:detail")


@administrator_required
@require_POST
def cancel_invite(request, pk):
    invitation = get_object_or_404(Invite.objects.visible_to(request.user), pk=pk)
    _do(
        request,
        lambda: people.cancel_invite(invitation, by=request.user),
        f"L’invitation de {shown(invitation.email)} est annulée.",
    )
    return redirect("organisms:detail")


@never_cache
def accept(request, key):
    """Where an invited colleague chooses a password; only the button changes anything."""
    invitation = invite_from(key)
    if invitation is None:
        return render(request, "organisms/accept_gone.html", status=410)
    form = AcceptForm(request.POST or None, invite=invitation)
    if request.method == "POST" and form.is_valid():
        try:
            people.accept_invite(invitation, password=form.cleaned_data["password1"])
        except Refused as error:
            form.add_error(None, str(error))
        else:
            # Whoever was signed in on this computer is not the person who was invited.
            logout(request)
            messages.success(request, "Votre accès est ouvert. Connectez-vous.")
            return redirect("account_login")
    return render(request, "organisms/accept.html", {"form": form, "invite": invitation})


@administrator_required
@require_POST
def change_role(request, pk):
    person = _colleague(request, pk)
    role = person.other_role
    _do(
        request,
        lambda: people.change_role(person, role, by=request.user),
        f"{person} est maintenant {role.label}.",
    )
    return redirect("organisms:detail")


@administrator_required
def remove(request, pk):
    person = _colleague(request, pk)
    if request.method == "POST":
        _do(
            request,
            lambda: people.remove(person, by=request.user),
            f"{person} n’a plus accès à votre espace.",
        )
        return redirect("organisms:detail")
    return render(
        request,
        "_confirm.html",
        {
            "nav": "organism",
            "title": "Retirer un accès",
            "text": f"{person} ({shown(person.user.email)}) ne pourra plus se connecter à votre "
            "espace. Ce qui a été fait en son nom reste.",
            "button": "Retirer l’accès",
            "back": reverse("organisms:detail"),
            "danger": True,
        },
    )


def _colleague(request, pk):
    people = Person.objects.select_related("user", "organism")
    return get_object_or_404(people, pk=pk, organism=request.organism)


def _do(request, verb, done):
    """Call a verb and say what came of it."""
    try:
        verb()
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
