from django.urls import path

from parvis.backoffice.fund_letters import types_views, views

urlpatterns = [
    path("", views.listing, name="fund-letters"),
    path("deposer/", views.deposit, name="fund-letter-new"),
    path("deposer/<uuid:ref>/", views.preview, name="fund-letter-preview"),
    path("envois/<uuid:ref>/", views.campaign, name="campaign"),
    path("envois/<uuid:ref>/<str:kind>", views.export, name="campaign-export"),
    path("types/", types_views.types, name="letter-types"),
    path("types/nouveau/", types_views.new, name="letter-type-new"),
    path("types/<slug:code>/", types_views.modify, name="letter-type"),
    path("<uuid:ref>/", views.letter, name="fund-letter"),
    path("<uuid:ref>/fichier", views.file, name="fund-letter-file"),
]
