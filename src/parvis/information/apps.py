from django.apps import AppConfig


class InformationConfig(AppConfig):
    name = "parvis.information"
    label = "information"
