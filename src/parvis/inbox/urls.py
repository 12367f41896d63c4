from django.urls import path

from parvis.inbox import views

app_name = "inbox"

urlpatterns = [
    path("accueil/", views.everywhere, name="everywhere"),
    path("etablissements/<siret:siret>/", views.home, name="home"),
    path("etablissements/<siret:siret>/services/", views.services, name="services"),
]
