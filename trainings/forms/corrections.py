"""One question of frozen sets as it is corrected: by the organism that proposes, or by staff."""

from dataclasses import replace

from django import forms
from django.utils.text import capfirst

from common.forms import LineField

from ..questions import set_checks
from ..questions.rows import ChoiceRow, QuestionRow
from ..questions.set_checks import LETTERS, MAX_CHARACTERS
from ..questions.sizing import MAX_CHOICES


class QuestionForm(forms.Form):
    """Text, choices by letter, right ones ticked. `row()` is as `correct_question` takes it.

    A choice of the question that is emptied is taken out; the letters after the last one add some.
    `row` fills the form; `before` is the question that it corrects.
    """

    text = forms.CharField(
        label="Question",
        max_length=MAX_CHARACTERS["text"],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Tapez le texte de la question."},
    )
    theme = LineField(label="Thème", required=False, max_length=MAX_CHARACTERS["theme"])
    explanation = forms.CharField(
        label="Explication",
        required=False,
        max_length=MAX_CHARACTERS["explanation"],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Montrée à l’adhérent après le résultat.",
    )

    def __init__(self, data=None, *, before, row=None, text_widget=None, box_widget=None):
        super().__init__(data)
        row = row or before.as_row()
        for name in ("text", "theme", "explanation"):
            self.fields[name].initial = getattr(row, name)
        for index, letter in enumerate(LETTERS):
            text, is_right = row.choices[index] if index < len(row.choices) else ChoiceRow()
            self.fields[f"choice_{letter}"] = LineField(
                label=f"Réponse {letter}",
                required=False,
                max_length=MAX_CHARACTERS["choice"],
                initial=text,
                **({"widget": text_widget} if text_widget else {}),
            )
            self.fields[f"right_{letter}"] = forms.BooleanField(
                label=f"{letter} est juste",
                required=False,
                initial=is_right,
                **({"widget": box_widget} if box_widget else {}),
            )
        self.before = before

    def choices(self):
        """(letter, text field, right field), in order, for the template."""
        return [(letter, self[f"choice_{letter}"], self[f"right_{letter}"]) for letter in LETTERS]

    def clean(self):
        data = super().clean()
        for letter in LETTERS:
            if data.get(f"right_{letter}") and not data.get(f"choice_{letter}"):
                self.add_error(
                    f"choice_{letter}", f"La réponse {letter} est marquée juste, mais vide."
                )
        if "text" in self.errors:
            return data
        row = self.row()
        letters = [
            letter
            for letter, choice in zip(LETTERS, row.choices, strict=True)
            if not choice.is_blank
        ]
        for fault in set_checks.faults(row.filled(), letters=letters):
            place = fault.field
            if place == "choice":
                place = f"choice_{letters[fault.index]}"
            self.add_error(place if place in self.fields else None, f"{capfirst(fault.sentence)}.")
        if not self.errors and row == self.unchanged():
            self.add_error(None, "Rien n’est changé : corrigez la question, puis enregistrez.")
        return data

    def unchanged(self) -> QuestionRow:
        """The row that would change nothing."""
        row = self.before.as_row()
        blanks = (ChoiceRow(),) * (MAX_CHOICES - len(row.choices))
        return replace(row, choices=row.choices + blanks)

    def row(self) -> QuestionRow:
        """The corrected question, choices by place; a blank one for one that is empty."""
        data = self.cleaned_data
        return QuestionRow(
            **{name: data.get(name, "") for name in ("text", "theme", "explanation")},
            choices=tuple(
                ChoiceRow(set_checks.tidy_line(data[f"choice_{letter}"]), data[f"right_{letter}"])
                if data.get(f"choice_{letter}")
                else ChoiceRow()
                for letter in LETTERS
            ),
        )
