from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "parvis.obligations"
    label = "obligations"
