from django.urls import path

from parvis.notices import views

app_name = "notices"

urlpatterns = [
    path("mon-compte/notifications/", views.choices, name="choices"),
    path("mon-compte/notifications/<siret:place>/", views.choices_here, name="choices-here"),
    path("notifications/arreter/<str:kind>/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("etablissements/<siret:siret>/notifications/", views.index, name="index"),
    path("etablissements/<siret:siret>/notifications/tout-lire", views.read_all, name="read-all"),
    path("etablissements/<siret:siret>/notifications/<int:number>/", views.open_one, name="open"),
]
