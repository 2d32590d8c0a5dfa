"""What an organism types about itself and its people."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import User
from common.forms import AddressField, LineField

from . import numbers
from .models import Organism, Person

Type = Organism.Type
TYPE_HELP = {
    Type.PARTNER: "Marque en partenariat annuel avec l’ANACOFI, ou partenaire ponctuel d’un "
    "événement (conférence métier, salon professionnel).",
    Type.COMPANY: "Société possédant un numéro de centre de formation.",
    Type.PUBLIC: "Université, par exemple.",
    Type.MEMBER_COMPANY: "Société cotisante à l’ANACOFI ou à l’ANACOFI-CIF, dispensant des "
    "formations internes à ses salariés ou aux affiliés de son réseau.",
}


def _when(kinds):
    """A condition on the type, as the page's script reads it."""
    return "type=" + ",".join(kinds)


class OrganismForm(forms.ModelForm):
    """The notice's fields. The numbers owed follow the type; the server decides."""

    class Meta:
        model = Organism
        fields = [
            "name",
            "email",
            "description",
            "type",
            "siren",
            "trainer_number",
            "member_number",
            "representative_first_name",
            "representative_last_name",
        ]
        labels = {
            "name": "Nom de l’organisme de formation",
            "email": "E-mail de l’organisme de formation",
            "description": "Description de l’organisme de formation",
            "type": "Type de l’organisme de formation",
            "representative_first_name": "Prénom du représentant",
            "representative_last_name": "Nom du représentant",
        }
        help_texts = {
            "name": "Dénomination sociale ou nom commercial.",
            "email": "L’adresse à laquelle l’ANACOFI écrit à votre organisme.",
            "description": "Décrivez votre activité principale.",
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    siren = LineField(
        label="Si entreprise, numéro KBIS",
        required=False,
        max_length=30,
        help_text="SIREN (9 chiffres) ou SIRET (14 chiffres), espaces acceptés. Obligatoire, sauf "
        "pour un établissement public.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    trainer_number = LineField(
        label="Si entreprise, numéro du formateur",
        required=False,
        max_length=30,
        help_text="Numéro de déclaration d’activité (11 chiffres). Obligatoire pour une société, "
        "facultatif pour une société partenaire ou une entreprise membre.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    member_number = LineField(
        label="Si entreprise membre, numéro d’adhérent ANACOFI",
        required=False,
        max_length=20,
        help_text="Obligatoire pour une entreprise membre.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", "Choisissez votre statut"), *Type.choices]
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "name",
            "email",
            "description",
            Field("type", aria_describedby="aide-type"),
            HTML('{% include "organisms/_type_help.html" %}'),
            *(
                Div(
                    name,
                    data_show_when=_when(numbers.types_taking(name)),
                    data_require_when=_when(numbers.types_owing(name)),
                )
                for name in numbers.READERS
            ),
            Div(
                Div("representative_first_name", css_class="col-md-6"),
                Div("representative_last_name", css_class="col-md-6"),
                css_class="row",
            ),
        )

    def type_help(self):
        """(label, words) of each type, shown under the choice."""
        return [(kind.label, TYPE_HELP[kind]) for kind in Type]

    def clean(self):
        data = super().clean()
        kind = data.get("type")
        for name, read in numbers.READERS.items():
            if kind and kind not in numbers.types_taking(name):
                # Not asked for with this type: whatever stood in the hidden field is left out.
                data[name] = ""
                self.errors.pop(name, None)
            elif data.get(name):
                # Without a type nothing is owed, and what is given is checked all the same.
                try:
                    data[name] = read(data[name])
                except numbers.WrongNumber as error:
                    self.add_error(name, str(error))
            elif kind in numbers.types_owing(name) and name not in self.errors:
                self.add_error(name, f"Obligatoire pour le type « {Type(kind).label} ».")
        return data


class RegisterForm(OrganismForm):
    """« Créer un compte »."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = (
            "L’adresse de la personne qui représente l’organisme ou la société. Elle servira à se "
            "connecter."
        )


class ColleagueForm(forms.Form):
    """A colleague to invite."""

    email = AddressField(label="E-mail")
    first_name = LineField(label="Prénom", max_length=100)
    last_name = LineField(label="Nom", max_length=100)
    role = forms.ChoiceField(
        label="Rôle",
        choices=Person.Role.choices,
        initial=Person.Role.CONTRIBUTOR,
        help_text="Un contributeur peut tout faire, sauf modifier les données de l’organisme et "
        "les accès.",
    )


class AcceptForm(forms.Form):
    """The password of a colleague who accepts an invitation."""

    password1 = forms.CharField(
        label="Mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Au moins 12 caractères.",
    )
    password2 = forms.CharField(
        label="Le même, une seconde fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, invite, **kwargs):
        super().__init__(*args, **kwargs)
        # What the validators compare the password with.
        self.user = User(
            email=invite.email, first_name=invite.first_name, last_name=invite.last_name
        )

    def clean_password1(self):
        password = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self):
        data = super().clean()
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Les deux mots de passe diffèrent.")
        return data
