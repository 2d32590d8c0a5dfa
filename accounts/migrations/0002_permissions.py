"""The two groups of staff, and what they may do with accounts and e-mails."""

from django.db import migrations

from accounts import roles


def grant(apps, schema_editor):
    roles.grant(
        apps, "mailing", officer=["view_message", "resend_message"]
    )
    roles.grant(
        apps,
        "accounts",
        officer=["view_user"],
        administrator=["add_user", "change_user"],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("mailing", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
