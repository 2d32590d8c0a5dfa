"""The journal of an invitation says what happened by a code beside the statuses."""

from django.db import migrations, models
from django.db.models import F, Q

STATUSES = ["open", "passed", "failed", "withdrawn"]
# What the portal itself wrote of an attempt that was not passed.
SUMMARY = r"^Tentative \d+ : \d+ / \d+ \(\d+ %\), seuil \d+ %$"
REGRADED = Q(comment__startswith="Recalcul : ")
STAYS = Q(from_status=F("to_status"))


def moved(before, after):
    return Q(from_status=before, to_status=after)


# The first rule that a row follows says its event.
RULES = [
    (moved("", "open"), "invite"),
    (moved("", "tentative consultée"), "read_attempt"),
    (moved("", "tentative exportée en PDF"), "export_attempt"),
    (moved("withdrawn", "open"), "invite_again"),
    (moved("withdrawn", "passed"), "restore_pass"),
    (moved("withdrawn", "failed"), "restore_failure"),
    (moved("withdrawn", "withdrawn") & REGRADED, "regrade_withdrawn"),
    (moved("open", "passed") & REGRADED, "regrade_pass"),
    (moved("open", "passed"), "pass"),
    (moved("failed", "passed"), "regrade_pass"),
    (moved("open", "failed"), "fail"),
    (moved("failed", "open"), "grant_attempt"),
    (moved("passed", "open"), "regrade_fail"),
    (Q(from_status__in=["open", "failed", "passed"], to_status="withdrawn"), "withdraw"),
    (moved("open", "open") & Q(comment__regex=SUMMARY), "fail_attempt"),
    (moved("open", "open") & Q(comment="Nouvelle session : nouveau délai"), "renew"),
    (STAYS & Q(comment__in=["Davantage d’heures comptées", "Davantage d’heures à compter"]), "raise"),
    (STAYS & Q(to_status__in=STATUSES), "lower"),
]
WITHOUT_STATUS = ["read_attempt", "export_attempt"]


def name_events(apps, schema_editor):
    rows = apps.get_model("qcm", "InvitationJournal").objects.using(schema_editor.connection.alias)
    for rule, event in RULES:
        rows.filter(rule, event="").update(event=event)
    unknown = rows.filter(event="").values_list("pk", "from_status", "to_status")[:5]
    if unknown:
        raise RuntimeError(f"Rows of the invitations' journal that no rule names: {list(unknown)}")
    rows.filter(STAYS | Q(event__in=WITHOUT_STATUS)).update(from_status="", to_status="")


class Migration(migrations.Migration):
    dependencies = [("qcm", "0005_one_index_each")]

    operations = [
        migrations.AddField(
            model_name="invitationjournal",
            name="event",
            field=models.CharField("événement", max_length=30, default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="invitationjournal",
            name="to_status",
            field=models.CharField(blank=True, max_length=30, verbose_name="à"),
        ),
        migrations.RunPython(name_events, migrations.RunPython.noop),
    ]
