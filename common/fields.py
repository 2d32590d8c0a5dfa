"""Columns that any app may use."""

from typing import TYPE_CHECKING, Any

from django.db import models

from . import forms

if TYPE_CHECKING:
    Text = models.CharField[str, str]
else:
    Text = models.CharField


class AddressField(models.EmailField):  # type: ignore[type-arg]
    """An e-mail address; whatever form asks for it reads it whole or refuses it."""

    def deconstruct(self) -> Any:
        # For the database it is Django's own.
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.AddressField, **kwargs})


class LineField(Text):
    """A text of one line; whatever form asks for it refuses another."""

    def deconstruct(self) -> Any:
        # For the database it is Django's own.
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.LineField, **kwargs})
