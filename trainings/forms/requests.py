"""What an organism types about a training."""

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from common.durations import format_minutes
from common.forms import DurationField, LineField

from ..domain.completeness import REQUIRED
from ..models import Speaker, Training

MAX_SPEAKERS = 30
HOURS = ("requested_associative_minutes", "requested_amf_minutes")


class StartForm(forms.ModelForm):
    """The first step: enough to store a draft that files can be put on."""

    class Meta:
        model = Training
        fields = ["title", "year"]
        labels = {"title": "Intitulé de la formation"}
        error_messages = {"title": {"required": "Tapez l’intitulé de la formation."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        set_years(self)


class TrainingForm(forms.ModelForm):
    """The whole request. Only the title is required of a draft; what is typed must be right."""

    duration_minutes = DurationField(
        label="Durée totale", required=False, min_minutes=15, help_text="Par pas de 15 minutes."
    )
    requested_associative_minutes = DurationField(
        label="Heures associatives",
        required=False,
        help_text="Validées par la commission de l’ANACOFI.",
    )
    requested_amf_minutes = DurationField(
        label="Heures AMF",
        required=False,
        help_text="Soumises à l’AMF ; elles demandent trois jeux de QCM différents.",
    )

    class Meta:
        model = Training
        fields = [
            "title",
            "objectives",
            "programme",
            "audience",
            "teaching_method",
            "duration_minutes",
            "year",
            "first_session_on",
            "first_session_place",
            "requested_associative_minutes",
            "requested_amf_minutes",
        ]
        labels = {
            "title": "Intitulé",
            "objectives": "Objectifs",
            "programme": "Programme",
            "audience": "Public visé",
            "teaching_method": "Modalité pédagogique",
            "first_session_on": "Date de la première session",
            "first_session_place": "Lieu",
        }
        widgets = {
            "objectives": forms.Textarea(attrs={"rows": 3}),
            "programme": forms.Textarea(attrs={"rows": 7}),
            "audience": forms.Textarea(attrs={"rows": 2}),
            "first_session_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        help_texts = {
            "objectives": "Ce que les participants sauront faire à la fin.",
            "first_session_place": "Facultatif à distance et en e-learning.",
        }
        error_messages = {"title": {"required": "Tapez l’intitulé de la formation."}}

    def __init__(self, *args, sizing_url="", **kwargs):
        super().__init__(*args, **kwargs)
        set_years(self)
        method = self.fields["teaching_method"]
        method.choices = [("", "Choisissez…"), *Training.Method.choices]
        for name in [*REQUIRED, "year"]:
            # Needed to send, not to keep a draft: starred, without the browser's own check.
            field = self.fields[name]
            if not field.required:
                field.label = format_html('{}<span class="asteriskField">*</span>', field.label)
        self.fields["requested_amf_minutes"].widget.attrs |= {
            "hx-get": sizing_url,
            "hx-trigger": "input delay:300ms",
            "hx-target": "#sizing",
        }

    def clean(self):
        data = super().clean()
        duration = data.get("duration_minutes")
        for name in HOURS:
            if name in data and data[name] is None:
                data[name] = 0
            asked = data.get(name)
            if duration is not None and asked is not None and asked > duration:
                self.add_error(
                    name,
                    f"{format_minutes(asked)} : c’est plus que la durée totale, "
                    f"{format_minutes(duration)}.",
                )
        return data

    def rightly_typed(self):
        """{field: value} of those typed rightly, to keep on the draft whatever the others are."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.errors}


def set_years(form):
    """Offer this year and the next, and the year that the draft already has."""
    this_year = timezone.localdate().year
    years = {this_year, this_year + 1} | ({form.instance.year} if form.instance.year else set())
    form.fields["year"] = forms.TypedChoiceField(
        label="Année civile",
        coerce=int,
        choices=[(year, str(year)) for year in sorted(years)],
        initial=form.instance.year or this_year,
        help_text="L’agrément vaut pour cette année seule.",
    )


class SpeakerForm(forms.Form):
    """One speaker; a row left blank counts for nothing."""

    name = LineField(
        label="Prénom et nom",
        required=False,
        max_length=Speaker._meta.get_field("name").max_length,
    )
    references = forms.CharField(
        label="Références",
        required=False,
        max_length=Speaker._meta.get_field("references").max_length,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": "Diplômes, fonctions, expérience du sujet"}
        ),
    )

    def clean(self):
        data = super().clean()
        if data.get("references") and not data.get("name") and "name" not in self.errors:
            self.add_error("name", "Tapez le nom de l’intervenant.")
        return data


class BaseSpeakers(forms.BaseFormSet):
    default_error_messages = {
        "too_many_forms": f"Une demande porte au plus {MAX_SPEAKERS} intervenants.",
        "missing_management_form": "La liste des intervenants n’est pas arrivée entière.",
    }

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Retirer cet intervenant"

    def rows(self):
        """(name, references) of those to keep, in their order; call it once valid."""
        return [
            (speaker["name"], speaker["references"])
            for speaker in self.cleaned_data
            if speaker.get("name") and not speaker.get("DELETE")
        ]


SpeakerFormSet = forms.formset_factory(
    SpeakerForm,
    formset=BaseSpeakers,
    extra=1,
    max_num=MAX_SPEAKERS,
    # Those taken off come along; more than these are not even made into forms.
    absolute_max=2 * MAX_SPEAKERS,
    validate_max=True,
    can_delete=True,
)
