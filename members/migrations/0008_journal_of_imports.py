"""The journal of imports: staff read it and nobody changes it. Files that wait are read again."""

from django.db import migrations

from accounts import roles
from common.append_only import AppendOnly


def grant(apps, schema_editor):
    roles.grant(apps, "members", officer=["view_registryimportjournal"])


def read_again(apps, schema_editor):
    """What a file that waits would change was counted, not kept line by line."""
    imports = apps.get_model("members", "RegistryImport").objects
    imports.filter(status="ready").update(status="reading", rows=[], tries=0)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0007_lines_of_an_import"),
        ("accounts", "0002_permissions"),
    ]
    operations = [
        migrations.RunPython(grant, migrations.RunPython.noop),
        migrations.RunPython(read_again, migrations.RunPython.noop),
        AppendOnly("registryimportjournal", may_null=["by"]),
    ]
