from django.urls import include, path

from parvis.backoffice.views import acts, advisers, home

app_name = "backoffice"

urlpatterns = [
    path("", home.home, name="home"),
    path("rechercher/", include("parvis.backoffice.search.urls")),
    path("", include("parvis.backoffice.establishments.urls")),
    path("", include("parvis.backoffice.people.urls")),
    path("", include("parvis.backoffice.seeing_as.urls")),
    path("appels/", include("parvis.backoffice.calls.urls")),
    path("demandes-d-acces/", include("parvis.backoffice.data_export.urls")),
    path("inscriptions/", include("parvis.backoffice.registrations.urls")),
    path("retrouver-l-acces/", include("parvis.backoffice.recoveries.urls")),
    path("contacts/", include("parvis.backoffice.contacts.urls")),
    path("echanges/", include("parvis.backoffice.exchanges.urls")),
    path("demandes/", include("parvis.backoffice.dossiers.urls")),
    path("virements/", include("parvis.backoffice.payments.urls")),
    path("courriers/", include("parvis.backoffice.letters.urls")),
    path("courriers-des-fonds/", include("parvis.backoffice.fund_letters.urls")),
    path("sirene/reprises/", include("parvis.backoffice.succession.urls")),
    path("sirene/", include("parvis.backoffice.sirene.urls")),
    path("sante/", include("parvis.backoffice.health.urls")),
    path("chiffres/", include("parvis.backoffice.figures.urls")),
    path("actualites/", include("parvis.backoffice.news.urls")),
    path("aide/", include("parvis.backoffice.help.urls")),
    path("conseillers/", advisers.listing, name="advisers"),
    path("quatre-yeux/", acts.waiting, name="acts"),
    path("quatre-yeux/<uuid:act_id>/", acts.decide, name="act"),
]
