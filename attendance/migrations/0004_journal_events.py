"""The journal of a sheet says what happened by a code; its French words are no status any more."""

from django.db import migrations, models

EVENTS = [
    ("deposit", "lecture en cours"),
    ("split_off", "lecture en cours"),
    ("replace_roster", "lecture en cours"),
    ("tell_columns", "lecture en cours"),
    ("keep_session", "lecture en cours"),
    ("record", "liste à valider"),
    ("mark_unreadable", "illisible"),
    ("validate", "validée"),
    ("cancel", "annulée"),
    ("change_session", "session corrigée"),
    ("add_participant", "participant ajouté"),
    ("confirm_participant", "participant confirmé"),
    ("take_off", "participant retiré"),
    ("ask_removal", "retrait demandé"),
    ("apply_file", "liste corrigée"),
    ("recount", "recompte"),
    ("tick", "coches"),
    ("edit_participant", "ligne corrigée"),
    ("read_file", "autre fichier à relire"),
    ("discard", "supprimée"),
]
REACHED = {
    "draft": "record",
    "unreadable": "mark_unreadable",
    "validated": "validate",
    "cancelled": "cancel",
}
SAID = {
    "session corrigée": "change_session",
    "participant ajouté": "add_participant",
    "participant confirmé": "confirm_participant",
    "participant retiré": "take_off",
    "retrait demandé": "ask_removal",
    "liste corrigée": "apply_file",
    "recompte": "recount",
}
# Of the rows that led to a reading, what else they were, by what their comment begins with.
READ_AGAIN = {
    "Autre fichier : ": "replace_roster",
    "Sens des colonnes précisé": "tell_columns",
    "Session gardée : ": "keep_session",
}


def tell_events(apps, schema_editor):
    rows = apps.get_model("attendance", "SheetJournal").objects
    for status, event in REACHED.items():
        rows.filter(to_status=status).update(event=event)
    for words, event in SAID.items():
        # The status stays: neither is told.
        rows.filter(to_status=words).update(event=event, from_status="", to_status="")
    reading = rows.filter(to_status="reading")
    reading.filter(from_status="").update(event="deposit")
    # A sheet made of a session of another's file: it began so.
    reading.filter(from_status="reading").update(event="split_off", from_status="")
    again = reading.filter(event="")
    for words, event in READ_AGAIN.items():
        again.filter(comment__startswith=words).update(event=event)
    again.update(event="replace_roster")


class Migration(migrations.Migration):
    dependencies = [("attendance", "0003_reading_is_a_job")]
    operations = [
        migrations.AddField(
            "sheetjournal",
            "event",
            models.CharField(
                choices=EVENTS, default="", max_length=30, verbose_name="événement"
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "sheetjournal",
            "to_status",
            models.CharField(blank=True, max_length=30, verbose_name="à"),
        ),
        migrations.RunPython(tell_events, migrations.RunPython.noop),
    ]
