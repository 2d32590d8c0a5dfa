"""What every admin screen of the portal is made of: read-only rows, and verbs as buttons."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from .admin_forms import ConfirmForm
from .admin_formsets import CountedFormSet, ShownFormSet
from .admin_lists import DeclaredChangeList
from .derived import searched
from .errors import Refused, WrongStatus
from .journal import JournalRow
from .spreadsheets.values import cell_text, fold


class ReadOnlyMixin:
    """Rows that only the models' verbs write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PortalInline(TabularInline):
    """Rows below a row, that may be added to."""

    formset = CountedFormSet


class ShownInline(ReadOnlyMixin, TabularInline):
    """Rows below a row, for reading."""

    formset = ShownFormSet


class JournalInline(ShownInline):
    """The journal of a row; subclasses give `model`."""

    fields = ["at", "by_label", "shown_event", "comment"]
    readonly_fields = fields
    hide_title = True
    extra = 0
    verbose_name_plural = "Journal"

    @admin.display(description="événement")
    def shown_event(self, row: JournalRow) -> str:
        return row.label


class PortalAdmin(ModelAdmin):
    """A list that counts once and shows « – » for nothing."""

    list_per_page = 50
    show_full_result_count = False
    empty_value_display = "–"
    list_filter_submit = False
    compressed_fields = True
    # What else than its filters an address may narrow the list by: links of ours do.
    linked_lookups: Sequence[str] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeclaredChangeList]:
        return DeclaredChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """What is searched in folded columns is folded; what folds to nothing finds nothing."""
        if not search_term.strip() or not self._search_paths():
            found: tuple[models.QuerySet[Any], bool] = super().get_search_results(
                request, queryset, search_term
            )
            return found
        folded = fold(search_term)
        if not folded:
            return queryset.none(), False
        rows, may_double = super().get_search_results(request, queryset, folded)
        related = ["__".join(path) for path in self._search_paths() if path]
        if related:
            rows = rows.select_related(*related)
        return rows.annotate(searched_for=models.Value(folded)), may_double

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = list(super().get_list_display(request))
        if self._search_paths() and fold(request.GET.get("q", "")):
            columns.append("found_by")
        return columns

    @admin.display(description="trouvé par")
    def found_by(self, row: models.Model) -> str:
        """What a search found the row by, where its other columns do not show it."""
        rows = list(filter(None, (_follow(row, path) for path in self._search_paths())))
        columns = [self._shown(row, str(name)) for name in self.list_display]
        shown = fold(" ".join(str(value) for value in [*rows, *columns] if value))
        words = [word for word in getattr(row, "searched_for", "").split() if word not in shown]
        told = []
        for related in rows:
            search: Any = related._meta.get_field("search")
            for name in search.sources:
                value = cell_text(getattr(related, name))
                if any(word in searched(value) for word in words):
                    field: Any = related._meta.get_field(name)
                    told.append(f"{field.verbose_name} : {value}")
        return ", ".join(told)

    def _shown(self, row: models.Model, name: str) -> Any:
        """What a column of the list shows of a row."""
        own = getattr(self, name, None)
        return own(row) if callable(own) else getattr(row, name, None)

    def _search_paths(self) -> list[list[str]]:
        """The relations to the rows whose folded column is searched; none where one is not."""
        paths = [name.split("__") for name in self.search_fields]
        return [path[:-1] for path in paths] if all(path[-1] == "search" for path in paths) else []

    def waiting(self) -> models.QuerySet[Any]:
        """The rows that wait for staff; the menu and the entrance say how many."""
        rows: models.QuerySet[Any] = self.model._default_manager.none()
        return rows


def _follow(row: models.Model, path: Iterable[str]) -> Any:
    """The row at the end of these relations; None where there is none."""
    followed: Any = row
    for name in path:
        followed = followed and getattr(followed, name)
    return followed


class VerbAdmin(ReadOnlyMixin, PortalAdmin):
    """A read-only screen whose changes are the models' verbs, each a button with a page.

    `verbs` holds `Verb`s. Their pages are at `<pk>/<name>/`.
    """

    verbs: "Sequence[Verb]" = ()
    change_form_template = "admin/verbs_change_form.html"

    def get_urls(self) -> list[Any]:
        opts = self.model._meta
        own = [
            path(
                f"<path:object_id>/{verb.name}/",
                self.admin_site.admin_view(self._view_of(verb)),
                name=f"{opts.app_label}_{opts.model_name}_{verb.name}",
            )
            for verb in self.verbs
        ]
        urls: list[Any] = super().get_urls()
        return own + urls

    def _view_of(self, verb: "Verb") -> Callable[[HttpRequest, str], HttpResponse]:
        return lambda request, object_id: self.verb_view(request, object_id, verb)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        offered = [
            (verb, self._url(verb, obj))
            for verb in self.verbs
            if obj is not None and request.user.has_perm(verb.permission) and verb.offered(obj)
        ]
        context = {**(extra_context or {}), "verbs": offered, "title": str(obj)}
        page: HttpResponse = super().change_view(request, object_id, form_url, context)
        return page

    def _url(self, verb: "Verb", obj: models.Model) -> str:
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{verb.name}", args=[obj.pk])

    def verb_view(self, request: HttpRequest, object_id: str, verb: "Verb") -> HttpResponse:
        """The confirmation page of a verb; posting it calls the model and goes back."""
        obj = self.get_object(request, object_id)
        if obj is None:
            gone: HttpResponse = self._get_obj_does_not_exist_redirect(
                request, self.opts, object_id
            )
            return gone
        if not request.user.has_perm(verb.permission) or not self.has_view_permission(request, obj):
            raise PermissionDenied
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
        form = verb.form_for(obj, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                said = verb.run(obj, request.user, form.cleaned_data)
            except WrongStatus as error:
                messages.error(request, str(error))
                return redirect(back)
            except Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, " ".join(filter(None, [verb.done, verb.says(said)])))
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": verb.label,
            "subtitle": str(obj),
            "verb": verb,
            "text": verb.text_for(obj),
            "form": form,
            "back": back,
            "original": obj,
        }
        return TemplateResponse(request, "admin/verb.html", context)


class Verb:
    """A model's verb as a button: its words, who may, when, with which form.

    `run(obj, user, data)` raises WrongStatus (told, nothing done) or Refused (told in the form,
    which keeps what was typed). It is offered where the row's own table lets the `event` happen,
    and `offered(obj)`, if given, says so too.
    """

    def __init__(
        self,
        name: str,
        label: str,
        *,
        permission: str,
        run: Callable[[Any, Any, dict[str, Any]], object],
        form: type[ConfirmForm],
        done: str,
        event: str | None = None,
        offered: Callable[[Any], object] | None = None,
        text: object = "",
        danger: bool = False,
    ) -> None:
        self.name = name
        self.label = label
        self.permission = permission
        self.run = run
        self.event = event
        self._offered = offered
        self.form = form
        self.done = done
        self.text = text
        self.danger = danger

    def offered(self, obj: Any) -> bool:
        """Whether the button stands on the page of this row."""
        allowed = self.event is None or obj.may(self.event)
        return bool(allowed and (self._offered is None or self._offered(obj)))

    def text_for(self, obj: Any) -> Any:
        """What the page says; `text` may be a function of the row, for what depends on it."""
        return self.text(obj) if callable(self.text) else self.text

    @staticmethod
    def says(result: object) -> str:
        """What `run` itself has to say: a text that it returned."""
        return result if isinstance(result, str) else ""

    def form_for(self, obj: Any, data: Any) -> ConfirmForm:
        return self.form(data, obj=obj)


def link(url: str, text: object) -> SafeString:
    """A link in a column or a field of an admin screen."""
    return format_html('<a class="text-primary-600 underline" href="{}">{}</a>', url, text)


def lines(rows: Iterable[object]) -> str:
    """Several short texts, one below the other."""
    return format_html_join("", "<div>{}</div>", ((row,) for row in rows)) or "–"


def admin_url(obj: models.Model) -> str:
    """The admin page of a row."""
    opts = obj._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[obj.pk])


admin.site.site_header = "ANACOFI Formation"
admin.site.site_title = "ANACOFI Formation"
admin.site.index_title = "Administration"
