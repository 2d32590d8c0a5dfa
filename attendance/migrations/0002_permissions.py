"""What staff may do with attendance: the administrator alone cancels a validated sheet."""

from django.db import migrations

from accounts import roles


def grant(apps, schema_editor):
    roles.grant(
        apps,
        "attendance",
        officer=[
            "view_sheet",
            "view_participant",
            "view_sheetjournal",
            "view_unrecognisedcount",
            "lift_limit",
            "recount_sheet",
            "confirm_participant",
        ],
        administrator=["cancel_sheet"],
    )


class Migration(migrations.Migration):
    dependencies = [("attendance", "0001_initial"), ("accounts", "0002_permissions")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
