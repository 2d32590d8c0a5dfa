"""Rows name the maker of their personal link as it is registered, no longer by a dotted path."""

from django.db import migrations

NAMES = {
    "accounts.links.choose_password_url": "accounts.choose_password",
    "accounts.links.forgotten_password_url": "accounts.forgotten_password",
    "organisms.links.invite_url": "organisms.invite",
    "qcm.links.invitation_url": "qcm.take",
    "qcm.links.reminder_url": "qcm.reminder",
    "qcm.links.admin_url": "qcm.invitation_admin",
    "attendance.links.sheet_url": "attendance.sheet",
    "attendance.links.admin_url": "attendance.sheet_admin",
    "attendance.links.hours_url": "attendance.hours",
    "attendance.links.offers_url": "attendance.offers",
    "attendance.links.participant_url": "attendance.line_admin",
}
# It took the page and the purpose as well; one page was ever asked for.
SIGN_IN, SIGN_IN_ARGS = "members.links.url", ["members:enter", "sign-in"]
BATCH = 1000


def by_name(link):
    path, args = link["path"], link["args"]
    if path == SIGN_IN and args[:2] == SIGN_IN_ARGS:
        return {"name": "members.sign_in", "args": args[2:]}
    # One that nobody registered fails when it is sent, and says so.
    return {"name": NAMES.get(path, path), "args": args}


def by_path(link):
    name, args = link["name"], link["args"]
    if name == "members.sign_in":
        return {"path": SIGN_IN, "args": [*SIGN_IN_ARGS, *args]}
    paths = {name: path for path, name in NAMES.items()}
    return {"path": paths.get(name, name), "args": args}


def rename(apps, key, renamed):
    Message = apps.get_model("mailing", "Message")
    # Every row: a mail that was sent may be sent again from the admin.
    rows = Message.objects.exclude(link={}).only("link").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        changed = [row for row in batch if key in row.link]
        for row in changed:
            row.link = renamed(row.link)
        Message.objects.bulk_update(changed, ["link"])


def forwards(apps, schema_editor):
    rename(apps, "path", by_name)


def backwards(apps, schema_editor):
    rename(apps, "name", by_path)


class Migration(migrations.Migration):
    dependencies = [("mailing", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
