"""A line keeps by itself which row it repeats, and that the file says its person was absent."""

import re

from django.db import migrations, models

ABSENT = "Absent d’après le fichier."
REPEATS = "Même personne qu’à la ligne "


def tell_why(apps, schema_editor):
    lines = apps.get_model("attendance", "Participant").objects
    lines.filter(problem=ABSENT).update(is_absent=True)
    repeats = lines.filter(problem__startswith=REPEATS)
    for sentence in repeats.order_by().values_list("problem", flat=True).distinct():
        if row := re.fullmatch(REPEATS + r"(\d+)\.", sentence):
            lines.filter(problem=sentence).update(same_as=int(row[1]))


class Migration(migrations.Migration):
    dependencies = [("attendance", "0004_journal_events")]
    operations = [
        migrations.AddField(
            "participant",
            "same_as",
            models.PositiveIntegerField(
                blank=True,
                editable=False,
                null=True,
                verbose_name="même personne que la ligne",
            ),
        ),
        migrations.AddField(
            "participant",
            "is_absent",
            models.BooleanField(
                default=False, editable=False, verbose_name="absent d’après le fichier"
            ),
        ),
        migrations.RunPython(tell_why, migrations.RunPython.noop),
    ]
