from django.apps import AppConfig


class ExchangesConfig(AppConfig):
    name = "parvis.exchanges"
    label = "exchanges"
