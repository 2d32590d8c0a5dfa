"""Who may have attempts marked again."""

from django.db import migrations

from accounts import roles


def grant(apps, schema_editor):
    roles.grant(
        apps,
        "qcm",
        officer=["view_regrade", "view_markchange"],
        administrator=["regrade"],
    )


class Migration(migrations.Migration):
    dependencies = [("qcm", "0003_regrades"), ("accounts", "0002_permissions")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
