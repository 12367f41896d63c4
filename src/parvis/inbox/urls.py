from django.urls import path

from parvis.inbox import views

app_name = "inbox"

urlpatterns = [
    path("etablissements/<siret:siret>/", views.home, name="home"),
    path("etablissements/<siret:siret>/services/", views.services, name="services"),
]
