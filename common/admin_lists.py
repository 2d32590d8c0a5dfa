"""The lists of the admin: filtered by what a screen declares, by nothing else in an address."""

from datetime import MAXYEAR, MINYEAR
from typing import Any

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList


class DeclaredChangeList(ChangeList):
    """A list whose rows depend on its own filters, search and dates only.

    Django lets an address filter by any column of the model (« ?password__gte=… »), shown or not:
    asking often enough reads it out. Here what no filter took is refused, whatever its value;
    `linked_lookups` of the screen's class names those that links of ours use.
    """

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        try:
            rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        except (ValueError, OverflowError) as error:
            # A filter was asked for a value that is none of its own.
            if not self.get_filters_params():
                raise
            raise IncorrectLookupParameters(error) from error
        return rows

    def get_filters(self, request: HttpRequest) -> Any:
        asked = self.get_filters_params()
        own = self._lookups_of_dates()
        if self.date_hierarchy:
            self._check_year(asked.get(f"{self.date_hierarchy}__year"))
        found = super().get_filters(request)
        left = found[2]
        linked = set(self.model_admin.linked_lookups)
        for name in left:
            # What Django made of the dates asked for is its own; typed, it is not.
            if name not in linked and not (name in own and name not in asked):
                raise DisallowedModelAdminLookup(f"Filtering by {name} not allowed")
        return found

    def _lookups_of_dates(self) -> set[str]:
        if not self.date_hierarchy:
            return set()
        return {f"{self.date_hierarchy}__{end}" for end in ("gte", "lt")}

    @staticmethod
    def _check_year(asked: Any) -> None:
        """The first and the last year that there are have no day before or after them."""
        try:
            year = int(asked[-1]) if asked else MINYEAR + 1
        except ValueError as error:
            raise IncorrectLookupParameters(error) from error
        if not MINYEAR < year < MAXYEAR:
            raise IncorrectLookupParameters(f"No such year: {year}")
