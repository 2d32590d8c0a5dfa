"""What a member types."""

from django import forms


class AskForm(forms.Form):
    email = forms.EmailField(
        label="Votre adresse e-mail",
        help_text="Celle que l’ANACOFI connaît.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
