"""The journal says what happened by a code, no longer by a status or a French sentence."""

from django.db import migrations, models

# What moved the request is told by the status reached.
MOVES = {
    "draft": "create",
    "submitted": "submit",
    "withdrawn": "withdraw",
    "changes_requested": "request_changes",
    "sent_to_amf": "send_to_amf",
    "approved": "approve",
    "refused": "refuse",
    "revoked": "revoke",
}
# What left it where it was, by a sentence.
REMARKS = {
    "renouvellement": "copy",
    "correction demandée": "ask_correction",
    "correction proposée": "propose_correction",
    "correction abandonnée": "dismiss_correction",
    "question corrigée": "correct",
    "QCM recalculé": "regrade",
}


def name_events(apps, schema_editor):
    rows = apps.get_model("trainings", "TrainingJournal").objects.using(
        schema_editor.connection.alias
    )
    for status, event in MOVES.items():
        rows.filter(event="", to_status=status).update(event=event)
    for sentence, event in REMARKS.items():
        rows.filter(event="", to_status=sentence).update(event=event, from_status="", to_status="")
    unknown = sorted(set(rows.filter(event="").values_list("to_status", flat=True)))
    if unknown:
        raise RuntimeError(f"The journal of trainings tells what nobody knows: {unknown}")


def tell_statuses(apps, schema_editor):
    rows = apps.get_model("trainings", "TrainingJournal").objects.using(
        schema_editor.connection.alias
    )
    for sentence, event in REMARKS.items():
        rows.filter(event=event).update(to_status=sentence)


class Migration(migrations.Migration):
    dependencies = [("trainings", "0005_sets_without_a_file")]

    operations = [
        migrations.AddField(
            "trainingjournal",
            "event",
            models.CharField(
                "événement",
                max_length=30,
                default="",
                choices=[
                    ("create", "brouillon"),
                    ("copy", "renouvellement"),
                    ("edit", "modifiée"),
                    ("delete", "supprimée"),
                    ("submit", "envoyée"),
                    ("withdraw", "retirée"),
                    ("request_changes", "à modifier"),
                    ("send_to_amf", "soumise à l’AMF"),
                    ("approve", "validée"),
                    ("refuse", "refusée"),
                    ("grant_amf", "heures AMF accordées"),
                    ("revoke", "révoquée"),
                    ("renew", "renouvelée"),
                    ("ask_correction", "correction demandée"),
                    ("propose_correction", "correction proposée"),
                    ("dismiss_correction", "correction abandonnée"),
                    ("correct", "question corrigée"),
                    ("regrade", "QCM recalculé"),
                ],
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "trainingjournal",
            "to_status",
            models.CharField("à", max_length=30, blank=True),
        ),
        migrations.RunPython(name_events, tell_statuses),
    ]
