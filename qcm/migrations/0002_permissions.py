"""What staff may do with QCM invitations and attempts."""

from django.db import migrations

from accounts import roles


def grant(apps, schema_editor):
    roles.grant(
        apps,
        "qcm",
        officer=["view_invitation", "view_attempt", "view_invitationjournal", "view_answer"],
        administrator=["grant_attempt"],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("qcm", "0001_initial"),
        ("accounts", "0002_permissions"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
