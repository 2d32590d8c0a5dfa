"""The two groups of staff, and how each app's own migration gives them permissions.

An app's `0002_permissions.py` calls `grant()`; permissions are made here first because Django
makes them only after all migrations have run.
"""

TRAINING_OFFICER = "Chargé de formation"
ADMINISTRATOR = "Administrateur"


def grant(apps, app_label, *, officer=(), administrator=()):
    """Give the groups these codenames of one app; the administrator has the officer's as well.

    `apps` is the migration's historical registry. Idempotent.
    """
    # Migrations import this module before the apps are loaded.
    from django.apps import apps as real_apps  # noqa: PLC0415
    from django.contrib.auth.management import create_permissions  # noqa: PLC0415

    create_permissions(real_apps.get_app_config(app_label), apps=apps, verbosity=0)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in (
        (TRAINING_OFFICER, officer),
        (ADMINISTRATOR, [*officer, *administrator]),
    ):
        group, _ = Group.objects.get_or_create(name=name)
        permissions = Permission.objects.filter(
            content_type__app_label=app_label, codename__in=codenames
        )
        missing = set(codenames) - {permission.codename for permission in permissions}
        if missing:
            raise LookupError(f"{app_label} has no permission {sorted(missing)}")
        group.permissions.add(*permissions)
