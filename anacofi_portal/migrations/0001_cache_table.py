"""The table that stands in for Redis, and is the cache of an embedded portal."""

from django.conf import settings
from django.core.management import call_command
from django.db import migrations


def make(apps, schema_editor):
    # One that is there already is left alone.
    call_command(
        "createcachetable",
        settings.CACHE_TABLE,
        database=schema_editor.connection.alias,
        verbosity=0,
    )


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunPython(make, migrations.RunPython.noop, elidable=False)]
