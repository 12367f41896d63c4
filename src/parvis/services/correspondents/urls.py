from django.urls import path

from parvis.services.correspondents import views

app_name = "service_correspondents"

urlpatterns = [
    path("", views.index, name="index"),
    path("ajouter/", views.add, name="add"),
    path("<int:correspondent_id>/modifier/", views.modify, name="modify"),
    path("<int:correspondent_id>/retirer/", views.withdraw, name="withdraw"),
]
