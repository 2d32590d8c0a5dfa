"""The database itself lets nobody change or delete the journal of an organism."""

from django.db import migrations

from common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("organisms", "0004_numbers_by_type")]

    operations = [AppendOnly("organismjournal", may_null=["by"])]
