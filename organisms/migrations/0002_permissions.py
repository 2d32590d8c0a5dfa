"""What staff may do with organisms."""

from django.db import migrations

from accounts import roles


def grant(apps, schema_editor):
    roles.grant(
        apps,
        "organisms",
        officer=[
            "view_organism",
            "view_person",
            "view_invite",
            "view_organismjournal",
            "decide_organism",
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("organisms", "0001_initial"), ("accounts", "0002_permissions")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
