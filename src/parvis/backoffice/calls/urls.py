from django.urls import path

from parvis.backoffice.calls import views

urlpatterns = [
    path("", views.listing, name="calls"),
    path("en-cours/", views.call, name="call"),
]
