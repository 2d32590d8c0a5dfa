"""allauth's forms in the portal's own words; what they check is left as it is."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from common.admin_forms import ConfirmForm
from common.forms import AddressField

from . import domain


def say(form, **labels):
    """Label these fields; the label stands above, a placeholder would only repeat it."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.widget.attrs.pop("placeholder", None)
        # The pages that need a link to a forgotten password have one of their own.
        if "password" in name and not name.endswith("1"):
            field.help_text = ""


def read_address(form, name):
    """Read this field as every form reads an address; the page shows it as before."""
    field = form.fields[name]
    form.fields[name] = AddressField(label=field.label, widget=field.widget)


class LoginForm(account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        read_address(self, "login")
        say(self, login="E-mail", password="Mot de passe")  # noqa: S106 - a label


class ResetPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        read_address(self, "email")
        say(self, email="E-mail")

    def clean_email(self):
        # A task looks whose it is.
        return self.cleaned_data["email"]

    def save(self, request, **kwargs):
        email = self.cleaned_data["email"]
        domain.ask_password(email)
        return email


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        say(self, password1="Mot de passe", password2="Le même, une seconde fois")


class ReauthenticateForm(account.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        say(self, password="Mot de passe")  # noqa: S106 - a label


class CodeMixin:
    """The code is all there is to type: the page opens with the cursor in it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        say(self, code="Code de l’application")
        self.fields["code"].widget.attrs["autofocus"] = True


class AuthenticateForm(CodeMixin, mfa.AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code"


class MFAReauthenticateForm(CodeMixin, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(CodeMixin, totp.ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AccountReasonForm(ConfirmForm):
    """Why something is done to a colleague's account."""

    comment = forms.CharField(
        label="Motif",
        help_text="Gardé au journal du compte.",
        max_length=4000,
        widget=UnfoldAdminTextareaWidget,
    )
