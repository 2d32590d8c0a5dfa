"""Lines are found by letters of every alphabet, and by an address in either of its forms."""

from django.db import migrations

from common.derived import rewrite, searched

SEARCHED = ["last_name", "first_name", "email", "member_number", "orias", "firm"]


def write_again(apps, schema_editor):
    rewrite(
        apps.get_model("attendance", "Participant"),
        {"search": (searched, SEARCHED)},
        using=schema_editor.connection.alias,
    )


class Migration(migrations.Migration):
    dependencies = [("attendance", "0006_journal_append_only")]

    operations = [migrations.RunPython(write_again, migrations.RunPython.noop)]
