from django.urls import path

from parvis.information.search import views

urlpatterns = [
    path("recherche/", views.search, name="search"),
    path("etablissements/<siret:siret>/recherche/", views.search_here, name="search-here"),
]
