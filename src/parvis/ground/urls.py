from django.urls import path

from parvis.ground.pages.styles import stylesheet_view
from parvis.ground.rules import public

app_name = "ground"

urlpatterns = [
    path("feuille/<str:digest>.css", public()(stylesheet_view), name="stylesheet"),
]
