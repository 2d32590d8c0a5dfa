"""Form fields that any app may use."""

import unicodedata
from typing import Any

from django import forms

from .addresses import NotOneAddress, one_address, shown
from .durations import STEP_MINUTES, NotADuration, format_minutes, parse_minutes


class AddressField(forms.EmailField):
    """One whole address, as it is stored and sent to (`common.addresses`)."""

    def to_python(self, value: Any) -> str:
        try:
            return one_address(super().to_python(value) or "")
        except NotOneAddress as error:
            raise forms.ValidationError(f"{error}.") from error

    def prepare_value(self, value: Any) -> Any:
        return shown(value) if isinstance(value, str) else value


# What a line of text holds none of: it would be a second line, or nothing that anybody sees.
UNSEEN = {"Cc", "Zl", "Zp"}
NOT_ONE_LINE = "Tapez ce texte sur une seule ligne, sans caractère invisible."


class LineField(forms.CharField):
    """A text of one line: no browser’s field sends more, and a mail’s subject takes no more."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not isinstance(text, str):
            return text
        # Cells that are pasted side by side.
        text = text.replace("\t", " ")
        if any(unicodedata.category(character) in UNSEEN for character in text):
            raise forms.ValidationError(NOT_ONE_LINE, code="one_line")
        return text


class DurationField(forms.Field):
    """Whole minutes typed as « 3 h 30 »; steps of 15 unless told. Empty gives None."""

    widget = forms.TextInput

    def __init__(self, *, min_minutes: int = 0, step: int = STEP_MINUTES, **kwargs: Any) -> None:
        self.min_minutes = min_minutes
        self.step = step
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("maxlength", "20")
        self.widget.attrs.setdefault("placeholder", "ex. : 3 h 30")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> int | None:
        # A field of forms gives its own value back to compare it with what was there before.
        if value is None or isinstance(value, int):
            return value
        text = str(value).strip()
        if not text:
            return None
        try:
            minutes = parse_minutes(text)
        except NotADuration as error:
            raise forms.ValidationError(str(error)) from error
        if minutes % self.step:
            raise forms.ValidationError(
                f"{format_minutes(minutes)} : les durées vont de {self.step} en {self.step} "
                "minutes."
            )
        if minutes < self.min_minutes:
            raise forms.ValidationError(
                f"La durée est d’au moins {format_minutes(self.min_minutes)}."
            )
        if minutes > 999 * 60:
            raise forms.ValidationError("La durée est trop longue.")
        return minutes

    def prepare_value(self, value: Any) -> Any:
        return format_minutes(value) if isinstance(value, int) else value
