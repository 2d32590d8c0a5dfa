"""Sets are written in the workshop: a workbook given before is a further document."""

from django.db import migrations, models
from django.db.models import Q


def keep_workbooks(apps, schema_editor):
    apps.get_model("trainings", "Document").objects.filter(kind="qcm").update(kind="further")


class Migration(migrations.Migration):
    # PostgreSQL changes no table in a transaction whose rows have events left.
    atomic = False

    dependencies = [("trainings", "0004_workshop")]

    operations = [
        migrations.RemoveConstraint("document", "trainings_one_document_of_its_kind"),
        migrations.RunPython(keep_workbooks, migrations.RunPython.noop),
        migrations.AlterField(
            "document",
            "kind",
            models.CharField(
                "nature",
                max_length=12,
                choices=[
                    ("presentation", "présentation détaillée"),
                    ("further", "document complémentaire"),
                ],
            ),
        ),
        migrations.AddConstraint(
            "document",
            models.UniqueConstraint(
                fields=["training", "kind"],
                condition=Q(kind="presentation"),
                name="trainings_one_presentation",
                violation_error_message="La présentation a déjà été déposée.",
            ),
        ),
    ]
