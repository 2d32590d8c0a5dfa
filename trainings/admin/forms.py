"""Forms of the decisions."""

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from common.admin_forms import ConfirmForm
from common.forms import DurationField, LineField

from ..models import AnnualRules


class SendToAmfForm(ConfirmForm):
    on = forms.DateField(label="Transmise le", widget=UnfoldAdminDateWidget)
    reference = LineField(
        label="Référence", required=False, max_length=100, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, data=None, *, obj=None):
        super().__init__(data, obj=obj)
        self.fields["on"].initial = timezone.localdate()


class ApproveForm(ConfirmForm):
    associative_minutes = DurationField(
        label="Heures associatives accordées", widget=UnfoldAdminTextInputWidget
    )
    amf_minutes = DurationField(
        label="Heures AMF accordées",
        widget=UnfoldAdminTextInputWidget,
        help_text="Seulement après transmission à l’AMF.",
    )
    number = LineField(
        label="Numéro d’agrément",
        required=False,
        max_length=30,
        widget=UnfoldAdminTextInputWidget,
        help_text="Laissez vide pour le prochain numéro AAAA-NNNN, ou tapez celui de l’AMF.",
    )
    comment = forms.CharField(
        label="Commentaire",
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget,
        help_text="L’organisme lit ce texte : par exemple la raison d’un refus de l’AMF, ou "
        "d’heures accordées en moins.",
    )

    def __init__(self, data=None, *, obj=None):
        super().__init__(data, obj=obj)
        self.fields["associative_minutes"].initial = obj.requested_associative_minutes
        grantable = obj.may(obj.Event.GRANT_AMF)
        self.fields["amf_minutes"].initial = obj.requested_amf_minutes if grantable else 0


class AnnualRulesForm(forms.ModelForm):
    minutes_due = DurationField(
        label="Heures dues",
        widget=UnfoldAdminTextInputWidget,
        help_text="Par les adhérents ANACOFI-CIF, les deux natures d’heures ensemble.",
    )
    amf_minutes_due = DurationField(
        label="Dont heures AMF",
        widget=UnfoldAdminTextInputWidget,
        help_text="Comprises dans les heures dues ; « 0 h » pour n’en demander aucune.",
    )

    class Meta:
        model = AnnualRules
        fields = ["minutes_due", "amf_minutes_due"]
