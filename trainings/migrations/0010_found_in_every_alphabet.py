"""Trainings are found by letters of every alphabet."""

from django.db import migrations

from common.derived import rewrite, searched


def write_again(apps, schema_editor):
    rewrite(
        apps.get_model("trainings", "Training"),
        {"search": (searched, ["title", "approval_number"])},
        using=schema_editor.connection.alias,
    )


class Migration(migrations.Migration):
    dependencies = [("trainings", "0009_hours_due_in_words")]

    operations = [migrations.RunPython(write_again, migrations.RunPython.noop)]
