from django.urls import path

from parvis.recovery import views

app_name = "recovery"

urlpatterns = [
    path("", views.start, name="start"),
    path("recue/", views.received, name="received"),
    path("suivi/", views.follow, name="follow"),
    path("contester/<str:token>/", views.contest, name="object"),
]
