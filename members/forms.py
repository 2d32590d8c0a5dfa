"""What a member types."""

from django import forms

from common.forms import AddressField


class AskForm(forms.Form):
    email = AddressField(
        label="Votre adresse e-mail",
        help_text="Celle que l’ANACOFI connaît.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
