from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "parvis.post"
    label = "post"
