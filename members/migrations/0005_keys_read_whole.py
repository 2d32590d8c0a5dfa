"""What members are compared and found by is written as it is read now: whole addresses, domains
as the network has them, numbers without the words around them, letters of every alphabet.
"""

from django.db import migrations

from common.addresses import stored
from common.derived import rewrite, searched
from members import keys

SEARCHED = ["last_name", "first_name", "number", "email", "firm", "orias"]


def write_again(apps, schema_editor):
    using = schema_editor.connection.alias
    rewrite(
        apps.get_model("members", "Member"),
        {
            "email": (stored, ["email"]),
            "number_key": (keys.number_key, ["number"]),
            "email_key": (keys.email_key, ["email"]),
            "orias_key": (keys.orias_key, ["orias"]),
            "last_name_key": (keys.last_name_key, ["last_name"]),
            "search": (searched, SEARCHED),
        },
        using=using,
    )
    FormerKey = apps.get_model("members", "FormerKey")
    noted = FormerKey.objects.using(using)
    # What was noted as no whole address can name nobody, and stays for staff to see.
    for former in noted.order_by("pk").iterator(chunk_size=1000):
        value = keys.KEY_OF[former.kind](former.value) or former.value
        if value == former.value:
            continue
        if noted.filter(member=former.member_id, kind=former.kind, value=value).exists():
            former.delete()
        else:
            former.value = value
            former.save(update_fields=["value"])


class Migration(migrations.Migration):
    dependencies = [("members", "0004_import_as_a_job")]

    operations = [migrations.RunPython(write_again, migrations.RunPython.noop)]
