from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "parvis.registration"
    label = "registration"
