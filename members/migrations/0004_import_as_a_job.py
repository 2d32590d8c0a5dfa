"""Imports are read by the one kind of job, and their state is a status as everywhere."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0003_ledger_append_only")]

    operations = [
        migrations.RenameField("registryimport", "state", "status"),
        migrations.AddField(
            "registryimport",
            "asked_at",
            models.DateTimeField(
                default=django.utils.timezone.now, editable=False, verbose_name="demandé le"
            ),
        ),
        migrations.AddField(
            "registryimport",
            "leased_until",
            models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            "registryimport",
            "tries",
            models.PositiveSmallIntegerField(default=0, editable=False),
        ),
    ]
