"""The admin's menu, by subject instead of by app, and what its theme asks for at each request.

Knows no app's code: models are named by strings, and a model's admin may say by its
`waiting_count(request)` how many of its rows wait for staff.
"""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse

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
    groups = []
    for title, models in MENU:
        wanted = [*models, *rest] if title == "Réglages" else models
        items = [item for entry in wanted if (item := _item(request, *entry))]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def _item(request, label, icon):
    app_label, model_name = label.split(".")
    try:
        model = apps.get_model(app_label, model_name)
        opts = model._meta
        link = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    except (LookupError, NoReverseMatch):
        return None
    model_admin = admin.site.get_model_admin(model)
    if not model_admin.has_view_permission(request):
        return None
    name = str(opts.verbose_name_plural)
    item = {"title": name[:1].upper() + name[1:], "icon": icon, "link": link}
    count = getattr(model_admin, "waiting_count", None)
    waiting = count(request) if count else 0
    if waiting:
        item |= {"badge": waiting, "badge_variant": "warning"}
    return item


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
