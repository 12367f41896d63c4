from django.urls import path

from parvis.backoffice.payments import views

urlpatterns = [
    path("", views.listing, name="payments"),
    path("liste.csv", views.export, {"form": "csv"}, name="payments-csv"),
    path("liste.ods", views.export, {"form": "ods"}, name="payments-ods"),
    path("<uuid:ref>/", views.one, name="payment"),
]
