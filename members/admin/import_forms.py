"""What staff type to import a registry file."""

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from common.admin_forms import ConfirmForm
from common.files import check_size
from common.forms import LineField
from common.templatetags.portal import pluralize

from ..domain import registry
from ..models import RegistryImport


class ImportForm(forms.ModelForm):
    """The registry's file, and the day from which its arrivals and departures count."""

    class Meta:
        model = RegistryImport
        fields = ["file", "arrivals_on", "effective_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["effective_on"].initial = today
        self.fields["arrivals_on"].initial = registry.arrivals_since(today)

    def clean_file(self):
        file = self.cleaned_data["file"]
        check_size(file)
        return file


class ApplyForm(ConfirmForm):
    """Many leaving at once is more often a wrong file than a fact: it is typed, not clicked."""

    typed = LineField(
        label="Pour confirmer, tapez le nombre de départs",
        widget=UnfoldAdminTextInputWidget,
    )
    typed_renamed = LineField(
        label="Pour confirmer, tapez le nombre de changements de nom",
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, data=None, *, obj=None):
        super().__init__(data, obj=obj)
        self.leaving = obj.summary.get("left", 0)
        self.renamed = obj.summary.get("renamed", 0)
        if not obj.summary.get("many_left"):
            del self.fields["typed"]
        else:
            who = pluralize(self.leaving, "adhérent quitte,adhérents quittent")
            self.fields[
                "typed"
            ].help_text = f"{self.leaving} {who} l’association, sur {obj.summary['present']}."
        if not obj.summary.get("many_renamed"):
            del self.fields["typed_renamed"]
        else:
            self.fields["typed_renamed"].help_text = (
                f"{self.renamed} adhérents changent de nom de famille, sur "
                f"{obj.summary['present']} : le fichier est-il le bon ?"
            )

    def clean_typed(self):
        if self.cleaned_data["typed"].strip() != str(self.leaving):
            raise forms.ValidationError(f"Tapez {self.leaving} pour confirmer ces départs.")
        return self.cleaned_data["typed"]

    def clean_typed_renamed(self):
        if self.cleaned_data["typed_renamed"].strip() != str(self.renamed):
            raise forms.ValidationError(f"Tapez {self.renamed} pour confirmer ces changements.")
        return self.cleaned_data["typed_renamed"]
