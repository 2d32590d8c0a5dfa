"""Forms of the admin's verbs."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget


class ConfirmForm(forms.Form):
    """Nothing to type: the page itself is the question."""

    def __init__(self, data: Any = None, *, obj: Any = None) -> None:
        super().__init__(data)
        self.obj = obj


class CommentForm(ConfirmForm):
    """A reason that the other side reads."""

    comment = forms.CharField(
        label="Motif",
        help_text="L’organisme lit ce texte.",
        max_length=4000,
        widget=UnfoldAdminTextareaWidget,
    )
