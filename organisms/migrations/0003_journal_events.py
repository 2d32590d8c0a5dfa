"""What happened is an event: until now it was a status, or a French sentence in its place."""

from django.db import migrations, models

EVENT_OF_STATUSES = {
    ("", "pending"): "register",
    ("pending", "active"): "activate",
    ("pending", "refused"): "refuse",
    ("active", "suspended"): "suspend",
    ("suspended", "active"): "reactivate",
}
EVENT_OF_SENTENCE = {
    "données modifiées": "change_data",
    "collègue invité": "invite",
    "invitation annulée": "cancel_invite",
    "invitation acceptée": "accept_invite",
    "rôle modifié": "change_role",
    "accès retiré": "remove_person",
}


def tell_events(apps, schema_editor):
    OrganismJournal = apps.get_model("organisms", "OrganismJournal")
    rows = OrganismJournal.objects.using(schema_editor.connection.alias)
    for (before, after), event in EVENT_OF_STATUSES.items():
        rows.filter(from_status=before, to_status=after).update(event=event)
    for sentence, event in EVENT_OF_SENTENCE.items():
        rows.filter(to_status=sentence).update(event=event, from_status="", to_status="")
    left = rows.filter(event="").first()
    if left is not None:
        raise LookupError(
            f"Row {left.pk} of the journal says « {left.from_status} → {left.to_status} », "
            "which is no event."
        )


def tell_statuses(apps, schema_editor):
    OrganismJournal = apps.get_model("organisms", "OrganismJournal")
    rows = OrganismJournal.objects.using(schema_editor.connection.alias)
    for sentence, event in EVENT_OF_SENTENCE.items():
        rows.filter(event=event).update(to_status=sentence)


class Migration(migrations.Migration):
    dependencies = [("organisms", "0002_permissions")]

    operations = [
        migrations.AlterField(
            model_name="organismjournal",
            name="to_status",
            field=models.CharField(blank=True, max_length=30, verbose_name="à"),
        ),
        migrations.AddField(
            model_name="organismjournal",
            name="event",
            field=models.CharField(
                choices=[
                    ("register", "en attente d’activation"),
                    ("activate", "actif"),
                    ("refuse", "refusé"),
                    ("suspend", "suspendu"),
                    ("reactivate", "actif"),
                    ("change_data", "données modifiées"),
                    ("invite", "collègue invité"),
                    ("invite_again", "invitation renvoyée"),
                    ("cancel_invite", "invitation annulée"),
                    ("accept_invite", "invitation acceptée"),
                    ("change_role", "rôle modifié"),
                    ("remove_person", "accès retiré"),
                ],
                default="",
                max_length=30,
                verbose_name="événement",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(tell_events, tell_statuses),
    ]
