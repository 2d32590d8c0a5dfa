"""A file to read is a job like others: its lease and tries get their common names."""

import django.utils.timezone
from django.db import migrations, models
from django.db.models import F

ASKED_AT = models.DateTimeField(
    default=django.utils.timezone.now, editable=False, verbose_name="demandé le"
)


def ask_when_deposited(apps, schema_editor):
    for name in ("Sheet", "SecondReading"):
        apps.get_model("attendance", name).objects.update(asked_at=F("deposited_at"))


class Migration(migrations.Migration):
    dependencies = [("attendance", "0002_permissions")]
    operations = [
        *(
            operation
            for model in ("sheet", "secondreading")
            for operation in (
                migrations.RenameField(model, "reading_until", "leased_until"),
                migrations.RenameField(model, "readings", "tries"),
                migrations.AddField(model, "asked_at", ASKED_AT),
            )
        ),
        migrations.RunPython(ask_when_deposited, migrations.RunPython.noop),
    ]
