"""Accounts are found and ordered by letters without accents, as everything else."""

from django.db import migrations, models

from common.derived import rewrite, searched


def write(apps, schema_editor):
    rewrite(
        apps.get_model("accounts", "User"),
        {"search": (searched, ["last_name", "first_name", "email"])},
        using=schema_editor.connection.alias,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_addresses_read_whole")]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "ordering": ["search", "pk"],
                "verbose_name": "compte",
                "verbose_name_plural": "comptes",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="search",
            field=models.TextField(blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
