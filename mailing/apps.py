from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MailingConfig(AppConfig):
    name = "mailing"
    verbose_name = "E-mails"

    def ready(self) -> None:
        # Each app's makers of links register themselves.
        autodiscover_modules("links")
