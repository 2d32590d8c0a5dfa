"""What an organism types about a session and about a participant."""

from django import forms
from django.utils import timezone

from common.addresses import NotOneAddress, each_address, kept
from common.durations import format_minutes
from common.forms import DurationField, LineField
from members.keys import orias_key
from members.names import TOO_MANY_WORDS, is_too_long

from .domain.approval import date_error
from .roster.people import RosterLine


class SessionForm(forms.Form):
    """The session of a sheet; its files are stored by requests of their own."""

    starts_on = forms.DateField(
        label="Premier jour de la session",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    ends_on = forms.DateField(
        label="Dernier jour",
        required=False,
        help_text="Laissez vide si la session a duré un seul jour.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    place = LineField(label="Lieu", max_length=200, required=False)

    def __init__(self, data=None, *, training, initial=None):
        super().__init__(data, initial=initial)
        self.training = training
        today = timezone.localdate()
        for name in ("starts_on", "ends_on"):
            attrs = self.fields[name].widget.attrs
            attrs["min"] = f"{training.year}-01-01"
            attrs["max"] = min(f"{training.year}-12-31", today.isoformat())

    def clean(self):
        data = super().clean()
        starts_on = data.get("starts_on")
        if starts_on and "ends_on" in data:
            data["ends_on"] = data["ends_on"] or starts_on
            if error := date_error(self.training, starts_on, data["ends_on"]):
                wrong_end = starts_on.year == self.training.year and starts_on != data["ends_on"]
                self.add_error("ends_on" if wrong_end else "starts_on", error)
        return data


class RemovalForm(forms.Form):
    """Why someone is to be taken off a validated list."""

    reason = forms.CharField(
        label="Raison",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’ANACOFI retire la personne, ou vous répond.",
    )


# Above it, a number without a unit was meant as minutes.
MOST_BARE_HOURS = 24


class ParticipantForm(forms.Form):
    """« Ajouter un participant »: a name, and something to know the member by."""

    last_name = LineField(label="Nom", max_length=200)
    first_name = LineField(label="Prénom", max_length=200, required=False)
    email = LineField(label="E-mail", max_length=254, required=False)
    member_number = LineField(
        label="N° adhérent", max_length=50, required=False, help_text="Par exemple A00123."
    )
    orias = LineField(label="N° ORIAS", max_length=50, required=False)
    firm = LineField(label="Cabinet", max_length=200, required=False)
    minutes = DurationField(
        label="Temps suivi", required=False, step=1, help_text="Laissez vide pour toute la session."
    )

    def clean_minutes(self):
        typed = self.data.get(self.add_prefix("minutes"), "").strip()
        if typed.isdecimal() and int(typed) > MOST_BARE_HOURS:
            raise forms.ValidationError(
                f"« {typed} » sans unité se lit en heures. Tapez « {typed} min » ou "
                f"« {format_minutes(int(typed))} »."
            )
        return self.cleaned_data["minutes"]

    def clean_email(self):
        email = self.cleaned_data["email"]
        try:
            # A line may hold several, as a cell may: each is tried.
            each_address(email)
        except NotOneAddress as error:
            raise forms.ValidationError(f"{error}.") from error
        return kept(email)

    def clean_orias(self):
        orias = self.cleaned_data["orias"]
        if orias and not orias_key(orias):
            raise forms.ValidationError("Un numéro ORIAS a 8 chiffres.")
        return orias_key(orias)

    def clean(self):
        data = super().clean()
        if is_too_long(data.get("last_name", ""), data.get("first_name", "")):
            self.add_error("last_name", TOO_MANY_WORDS)
        keys = ("email", "member_number", "orias")
        if not self.errors and not any(data.get(key) for key in keys):
            raise forms.ValidationError(
                "Donnez au moins un e-mail, un numéro d’adhérent ou un numéro ORIAS : le nom "
                "seul ne suffit pas."
            )
        return data

    def line(self):
        """The line that was typed."""
        return RosterLine(row_number=None, raw={}, **self.cleaned_data)
