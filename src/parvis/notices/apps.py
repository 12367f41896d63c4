from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "parvis.notices"
    label = "notices"
