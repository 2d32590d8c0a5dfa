"""The database itself lets nobody change or delete the journal of an invitation, nor what a
regrade did to a mark.
"""

from django.db import migrations

from common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("qcm", "0007_regrade_is_a_job")]

    operations = [
        AppendOnly("invitationjournal", may_null=["by"]),
        AppendOnly("markchange"),
    ]
