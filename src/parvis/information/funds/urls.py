from django.urls import path

from parvis.information.funds import views

urlpatterns = [
    path("fonds/", views.funds, name="funds"),
    path("fonds/<slug:fund>/", views.fund, name="fund"),
]
