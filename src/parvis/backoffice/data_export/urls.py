from django.urls import path

from parvis.backoffice.data_export import views

urlpatterns = [
    path("", views.exports, name="exports"),
    path("nouvelle/", views.ask_export, name="export-ask"),
    path("<uuid:ref>/archive/", views.take_export, name="export-take"),
]
