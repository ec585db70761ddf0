"""What the outside may write: what its re-check found, and that a bundle leaves."""

from django.db import migrations

from ledger.promises import promise


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_promises"), ("review", "0002_promises")]
    operations = [
        promise("oversight", "0001_the_recheck_says_what_it_found"),
        promise("oversight", "0002_a_bundle_is_recorded_before_it_leaves"),
    ]
