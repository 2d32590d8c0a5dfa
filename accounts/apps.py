from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from .working_day import begin


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Comptes"

    def ready(self):
        user_logged_in.connect(begin)
