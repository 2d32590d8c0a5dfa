"""The database itself lets nobody change the journal of a sheet, nor delete what it tells of one
that was validated.
"""

from django.db import migrations

from common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("attendance", "0005_why_a_line_is_unticked")]

    operations = [
        AppendOnly(
            "sheetjournal",
            may_null=["by"],
            deletable_while=["reading", "unreadable", "draft"],
        )
    ]
