from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Adhérents et heures"

    def ready(self):
        # What depends on members registers itself, in the apps above this one.
        autodiscover_modules("domain.dependents")
