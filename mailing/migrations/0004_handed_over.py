"""What was handed over without an answer, and a mail server that is away.

New columns may be null or have a default of the database's: the code before goes on writing rows.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailing", "0003_due_first")]

    operations = [
        migrations.AddField(
            "message",
            "handed_over_at",
            models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="remis sans réponse le"
            ),
        ),
        migrations.AddField(
            "message",
            "unanswered",
            models.PositiveSmallIntegerField(
                db_default=0, default=0, verbose_name="remises sans réponse"
            ),
        ),
        migrations.AlterField(
            "message",
            "state",
            models.CharField(
                choices=[
                    ("waiting", "à envoyer"),
                    ("sent", "envoyé"),
                    ("uncertain", "peut-être remis"),
                    ("failed", "abandonné"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="état",
            ),
        ),
        migrations.CreateModel(
            "MailServer",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "away_since",
                    models.DateTimeField(blank=True, null=True, verbose_name="absent depuis le"),
                ),
                (
                    "tries",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, verbose_name="essais"
                    ),
                ),
                (
                    "next_try_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="prochain essai"),
                ),
                (
                    "last_error",
                    models.TextField(
                        blank=True, db_default="", default="", verbose_name="dernière erreur"
                    ),
                ),
            ],
            options={"verbose_name": "serveur d’e-mails", "verbose_name_plural": "serveur d’e-mails"},
        ),
    ]
