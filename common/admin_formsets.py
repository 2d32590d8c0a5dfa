"""The rows below a row of the admin: as many as there are, whatever the page's counts say."""

from unfold.forms import PaginationInlineFormSet

# So many may be added at a time; a page offers one after the other.
MOST_NEW = 20


class CountedFormSet(PaginationInlineFormSet):
    """Rows that may be added. The counts come back from the page, and may be anything there."""

    most_new = MOST_NEW

    def initial_form_count(self) -> int:
        told: int = super().initial_form_count()
        return max(0, min(told, len(self.get_queryset()))) if self.is_bound else told

    def total_form_count(self) -> int:
        told: int = super().total_form_count()
        if not self.is_bound:
            return told
        rows = self.initial_form_count()
        return min(max(told, rows), rows + self.most_new)


class ShownFormSet(CountedFormSet):
    """Rows that are shown, and never added to."""

    most_new = 0
