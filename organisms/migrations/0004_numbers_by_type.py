"""The constraints of the numbers, as the one table of who owes which says them."""

from django.db import migrations, models
from django.db.models import Q


def owed(number, kinds, name, message):
    return migrations.AddConstraint(
        model_name="organism",
        constraint=models.CheckConstraint(
            condition=~Q(type__in=kinds) | ~Q(**{number: ""}),
            name=name,
            violation_error_message=message,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("organisms", "0003_journal_events")]

    operations = [
        migrations.RemoveConstraint("organism", "organisms_trainer_number_by_type"),
        migrations.RemoveConstraint("organism", "organisms_member_number_by_type"),
        owed(
            "trainer_number",
            ["company"],
            "organisms_trainer_number_by_type",
            "Le numéro du formateur est obligatoire pour une société.",
        ),
        owed(
            "member_number",
            ["member_company"],
            "organisms_member_number_by_type",
            "Le numéro d’adhérent ANACOFI est obligatoire pour ce type d’organisme.",
        ),
    ]
