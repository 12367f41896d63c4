from django.urls import path

from parvis.backoffice.succession import views

urlpatterns = [
    path("", views.listed, name="successions"),
    path("preparer/", views.prepare, name="succession-prepare"),
    path("<uuid:ref>/", views.one, name="succession"),
]
