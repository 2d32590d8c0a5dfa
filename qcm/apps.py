from django.apps import AppConfig


class QcmConfig(AppConfig):
    name = "qcm"
    verbose_name = "QCM"
