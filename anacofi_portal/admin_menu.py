"""The admin's menu, by subject instead of by app, and what its theme asks for at each request.

Knows no app's code: models are named by strings, and a model's admin may say by its `waiting()`
which rows wait for staff. All of them are counted in one statement: the menu is on every page.
"""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.db.models import CharField, Count, Value
from django.templatetags.static import static
from django.urls import reverse

# Subject, then (model, icon).
MENU = [
    ("Organismes", [("organisms.Organism", "apartment")]),
    (
        "Demandes",
        [
            ("trainings.Training", "school"),
            ("trainings.AnnualRules", "rule"),
        ],
    ),
    (
        "Présences",
        [
            ("attendance.Sheet", "fact_check"),
            ("attendance.Participant", "how_to_reg"),
            ("attendance.UnrecognisedCount", "person_search"),
        ],
    ),
    (
        "Adhérents",
        [
            ("members.Member", "groups"),
            ("members.RegistryImport", "upload_file"),
            ("members.HoursCredit", "schedule"),
        ],
    ),
    (
        "QCM",
        [
            ("qcm.Invitation", "quiz"),
            ("qcm.Attempt", "checklist"),
            ("qcm.TrainingAnalysis", "bar_chart"),
            ("qcm.Regrade", "published_with_changes"),
        ],
    ),
    ("E-mails", [("mailing.Message", "mail")]),
    ("Réglages", [("accounts.User", "manage_accounts")]),
]


def navigation(request):
    """The menu: each registered model that this person may view, in the order of `MENU`.

    A model that no subject names stands under « Réglages », so that none is out of reach.
    """
    named = {label for _, models in MENU for label, _ in models}
    rest = [
        (model._meta.label, "settings")
        for model in admin.site._registry
        if model._meta.label not in named
    ]
    groups, waiting = [], {}
    for title, models in MENU:
        wanted = [*models, *rest] if title == "Réglages" else models
        items = []
        for label, icon in wanted:
            model_admin = _viewable(request, label)
            if model_admin:
                items.append(_item(model_admin, icon))
                waiting[items[-1]["link"]] = model_admin.waiting()
        if items:
            groups.append({"title": title, "items": items})
    counts = _counts(waiting)
    for group in groups:
        for item in group["items"]:
            if count := counts.get(item["link"]):
                item |= {"badge": count, "badge_variant": "warning"}
    return groups


def _viewable(request, label):
    """The admin of the model of this name, or None when this person sees no list of it."""
    try:
        model_admin = admin.site.get_model_admin(apps.get_model(label))
    except (LookupError, NotRegistered):
        return None
    return model_admin if model_admin.has_view_permission(request) else None


def _item(model_admin, icon):
    opts = model_admin.opts
    name = str(opts.verbose_name_plural)
    link = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return {"title": name[:1].upper() + name[1:], "icon": icon, "link": link}


def _counts(querysets):
    """{key: how many rows} of {key: queryset}, in one statement; zeros are left out."""
    counted = [
        # Grouped by a constant: one row each, or none.
        queryset.order_by()
        .annotate(menu_key=Value(key, output_field=CharField()))
        .values("menu_key")
        .annotate(rows=Count("pk"))
        .values_list("menu_key", "rows")
        for key, queryset in querysets.items()
    ]
    return dict(counted[0].union(*counted[1:], all=True)) if counted else {}


def environment(request):
    """The label beside the person's name: nobody takes a demo for the real portal."""
    if settings.DEMO:
        return ["Démonstration", "warning"]
    return None if settings.PRODUCTION else ["Local", "info"]


def logo(request):
    """The address of the portal's sign."""
    return static("img/logo.svg")


def stylesheet(request):
    """The few rules of our own over unfold's."""
    return static("css/admin.css")
