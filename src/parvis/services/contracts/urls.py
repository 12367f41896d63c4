from django.urls import path

from parvis.services.contracts import views

app_name = "service_contracts"

urlpatterns = [path("", views.index, name="index")]
