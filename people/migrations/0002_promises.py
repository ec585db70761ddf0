"""The promises about persons."""

from django.db import migrations

from ledger.promises import promise


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [promise("people", "0001_the_pages_cannot_appoint")]
