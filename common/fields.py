"""Columns that any app may use."""

from typing import Any

from django.db import models

from . import forms


class AddressField(models.EmailField):  # type: ignore[type-arg]
    """An e-mail address; whatever form asks for it reads it whole or refuses it."""

    def deconstruct(self) -> Any:
        # For the database it is Django's own.
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.AddressField, **kwargs})
