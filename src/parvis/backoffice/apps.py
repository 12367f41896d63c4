from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "parvis.backoffice"
    label = "backoffice"
