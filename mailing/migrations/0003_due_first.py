"""An index in the order in which rows are claimed: the first is found without sorting the rest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailing", "0002_links_by_name")]

    operations = [
        migrations.RemoveIndex("message", "mailing_due"),
        migrations.AddIndex(
            "message",
            models.Index(fields=["state", "due_at", "id"], name="mailing_due_first"),
        ),
    ]
