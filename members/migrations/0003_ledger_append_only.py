"""The database itself lets nobody change or delete an entry of the ledger."""

from django.db import migrations

from common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("members", "0002_permissions")]

    operations = [AppendOnly("hourscredit", may_null=["by"])]
