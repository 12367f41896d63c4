from django.apps import AppConfig


class EstablishmentsConfig(AppConfig):
    name = "parvis.establishments"
    label = "establishments"
