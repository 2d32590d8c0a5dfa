"""A training is searched by its title and number; its organism by the organism's own column."""

from django.db import migrations

from common.spreadsheets import fold

BATCH = 500


def fold_again(apps, schema_editor):
    Training = apps.get_model("trainings", "Training")
    rows = Training.objects.using(schema_editor.connection.alias).order_by("pk")
    changed = []
    for training in rows.only("pk", "title", "approval_number", "search").iterator():
        search = fold(f"{training.title} {training.approval_number or ''}")
        if search != training.search:
            training.search = search
            changed.append(training)
    rows.bulk_update(changed, ["search"], batch_size=BATCH)


def with_organism(apps, schema_editor):
    Training = apps.get_model("trainings", "Training")
    rows = Training.objects.using(schema_editor.connection.alias).select_related("organism")
    for training in rows:
        training.search = fold(
            f"{training.title} {training.approval_number or ''} {training.organism.name}"
        )
        training.save(update_fields=["search"])


class Migration(migrations.Migration):
    dependencies = [("trainings", "0006_journal_events")]

    operations = [migrations.RunPython(fold_again, with_organism)]
