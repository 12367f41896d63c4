from django.urls import path

from parvis.backoffice.sirene import views

urlpatterns = [
    path("", views.changes, name="sirene"),
    path("<uuid:ref>/", views.change, name="sirene-change"),
]
