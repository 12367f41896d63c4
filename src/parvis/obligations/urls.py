from django.urls import include, path

from parvis.obligations import views, views_own

app_name = "obligations"

_of_establishment = [
    path("", views.index, name="index"),
    path("mois/", views.month, name="month"),
    path("telecharger.csv", views.export, {"form": "csv"}, name="csv"),
    path("telecharger.ods", views.export, {"form": "ods"}, name="ods"),
    path("calcul/", views.facts, name="facts"),
    path("calcul/modifier/", views.state, name="state"),
    path("rappels/", views_own.reminders, name="reminders"),
    path("agenda/", views_own.calendar, name="calendar"),
    path("<slug:key>/", views.act, name="act"),
    path("<slug:key>/fait/", views.done, name="done"),
]
urlpatterns = [
    path("etablissements/<siret:siret>/echeancier/", include(_of_establishment)),
    path("mes-etablissements/agenda/", views_own.calendar_all, name="calendar-all"),
    path("agenda/<slug:token>.ics", views_own.feed, name="feed"),
]
