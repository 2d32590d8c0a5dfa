"""What staff may do with requests and annual rules."""

from django.db import migrations

from accounts import roles


def grant(apps, schema_editor):
    roles.grant(
        apps,
        "trainings",
        officer=[
            "view_training",
            "view_document",
            "view_speaker",
            "view_trainingjournal",
            "view_annualrules",
            "decide_training",
        ],
        administrator=["add_annualrules", "change_annualrules"],
    )


class Migration(migrations.Migration):
    dependencies = [("trainings", "0001_initial"), ("accounts", "0002_permissions")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
