"""The database itself lets nobody change the journal of a request, nor delete what it tells of
one that was ever sent: a draft alone goes with its journal.
"""

from django.db import migrations

from common.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("trainings", "0007_search_by_own_columns")]

    operations = [AppendOnly("trainingjournal", may_null=["by"], deletable_while=["draft"])]
