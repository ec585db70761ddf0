"""The promises about persons."""

from django.db import migrations

from ledger.promises import promise


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        promise("people", "0001_the_pages_cannot_appoint"),
        promise("people", "0002_sessions_belong_to_the_pages"),
        promise("people", "0003_measured_accuracy_admits"),
        promise("people", "0004_a_first_password_ends_with_another"),
        promise("people", "0005_a_unit_is_held_from_a_moment"),
    ]
