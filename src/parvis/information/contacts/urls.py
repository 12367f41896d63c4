from django.urls import path

from parvis.information.contacts import views

urlpatterns = [
    path("contact/", views.contact, name="contact"),
]
