from django.urls import path

from parvis.services.declarations import views

app_name = "service_declarations"

urlpatterns = [
    path("", views.index, name="index"),
]
