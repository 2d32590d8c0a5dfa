"""Addresses of organisms and of who they invite are written with their domain as the network has it,
and what organisms are found by in letters of every alphabet.
"""

from django.db import migrations

from common.addresses import stored
from common.derived import rewrite, searched

SEARCHED = ["name", "email", "siren", "trainer_number", "member_number"]
REPRESENTATIVE = ["representative_first_name", "representative_last_name"]


def write_again(apps, schema_editor):
    using = schema_editor.connection.alias
    Organism = apps.get_model("organisms", "Organism")
    pending = Organism.objects.using(using).filter(status="pending")
    # The one request of an address may have been written in both forms: the first one keeps it.
    for organism in pending.order_by("pk").iterator(chunk_size=1000):
        email = stored(organism.email)
        if email != organism.email and not pending.filter(email=email).exists():
            organism.email = email
            organism.save(update_fields=["email"])
    rewrite(
        Organism,
        {
            "email": (
                lambda email, status: email if status == "pending" else stored(email),
                ["email", "status"],
            ),
            "search": (searched, SEARCHED + REPRESENTATIVE),
        },
        using=using,
    )
    invites = apps.get_model("organisms", "Invite").objects.using(using)
    for invite in invites.order_by("pk").iterator(chunk_size=1000):
        email = stored(invite.email)
        if email != invite.email and not invites.filter(organism=invite.organism_id, email=email).exists():
            invite.email = email
            invite.save(update_fields=["email"])


class Migration(migrations.Migration):
    dependencies = [("organisms", "0005_journal_append_only")]

    operations = [migrations.RunPython(write_again, migrations.RunPython.noop)]
