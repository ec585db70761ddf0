from django.apps import AppConfig
from django.core.checks import register

from config.checks import askers_are_told_apart


class ConfigConfig(AppConfig):
    name = "config"
    label = "wiring"

    def ready(self) -> None:
        register(askers_are_told_apart)
