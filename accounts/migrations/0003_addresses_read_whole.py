"""The login is an address with its domain as the network has it: it may be typed in letters."""

from django.db import migrations

from common.addresses import stored


def write_again(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    for user in users.order_by("pk").iterator(chunk_size=1000):
        email = stored(user.email)
        # Of two accounts of one mailbox, the one that the network's form opens keeps it.
        if email != user.email and not users.filter(email=email).exists():
            user.email = email
            user.save(update_fields=["email"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_permissions")]

    operations = [migrations.RunPython(write_again, migrations.RunPython.noop)]
