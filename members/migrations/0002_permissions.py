"""What staff may do with the registry and the ledger."""

from django.db import migrations

from accounts import roles


def grant(apps, schema_editor):
    roles.grant(
        apps,
        "members",
        officer=[
            "view_member",
            "add_member",
            "change_member",
            "view_membership",
            "add_membership",
            "change_membership",
            "view_formerkey",
            "add_formerkey",
            "delete_formerkey",
            "view_hourscredit",
            "view_registryimport",
            "import_registry",
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("accounts", "0002_permissions")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
