"""What staff type about a question that is odd."""

from django import forms
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from common.admin_forms import CommentForm
from trainings.forms.corrections import QuestionForm

from ..models import Regrade


class AskForm(CommentForm):
    """What the organism is asked to correct."""

    def __init__(self, data=None, *, obj=None):
        super().__init__(data, obj=obj)
        self.fields["comment"].label = "Ce qui est à corriger"


class CorrectForm(QuestionForm):
    """The corrected question, and why it is corrected."""

    comment = forms.CharField(
        label="Motif de la correction",
        help_text="L’organisme lit ce texte.",
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        error_messages={"required": "Écrivez pourquoi la question est corrigée."},
    )

    def __init__(self, data=None, *, before, row=None):
        super().__init__(
            data,
            before=before,
            row=row,
            text_widget=UnfoldAdminTextInputWidget,
            box_widget=UnfoldBooleanWidget,
        )
        for _, _, box in self.choices():
            box.field.widget.attrs["aria-label"] = box.label
        for name, rows in (("text", 3), ("explanation", 3)):
            self.fields[name].widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
        self.fields["theme"].widget = UnfoldAdminTextInputWidget()


class RegradeForm(forms.Form):
    mode = forms.ChoiceField(
        label="Dans les tentatives déjà passées, la question compte",
        choices=Regrade.Mode.choices,
        widget=UnfoldAdminRadioSelectWidget,
        error_messages={"required": "Choisissez comment la question compte."},
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Les adhérents dont le résultat change lisent ce texte.",
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        error_messages={"required": "Écrivez le motif du recalcul."},
    )
