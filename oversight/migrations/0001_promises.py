"""The one thing that the outside may write: what its re-check found."""

from django.db import migrations

from ledger.promises import promise


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_promises"), ("review", "0002_promises")]
    operations = [promise("oversight", "0001_the_recheck_says_what_it_found")]
