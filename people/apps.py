from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_removed

        from people.signing_in import second_factor_added, second_factor_removed

        authenticator_added.connect(second_factor_added)
        authenticator_removed.connect(second_factor_removed)
