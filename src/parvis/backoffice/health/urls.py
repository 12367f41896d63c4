from django.urls import path

from parvis.backoffice.health import views

urlpatterns = [path("", views.health, name="health")]
