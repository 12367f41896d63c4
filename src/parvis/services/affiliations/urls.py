from django.urls import path

from parvis.services.affiliations.views import agent, declaring, files, listing

app_name = "service_affiliations"

urlpatterns = [
    path("", listing.index, name="index"),
    path("chercher/", listing.find, name="find"),
    path("agents.csv", listing.export_csv, name="csv"),
    path("agents.ods", listing.export_ods, name="ods"),
    path("affilier/", declaring.new, name="declare"),
    path("affilier/<uuid:draft>/agent/", declaring.agent, name="declare-agent"),
    path("affilier/<uuid:draft>/poste/", declaring.post, name="declare-post"),
    path("affilier/<uuid:draft>/verification/", declaring.check, name="declare-check"),
    path("affilier/<uuid:draft>/abandonner/", declaring.give_up, name="declare-give-up"),
    path("fichier/", files.start, name="file"),
    path("fichier/modele.csv", files.template_csv, name="template-csv"),
    path("fichier/modele.ods", files.template_ods, name="template-ods"),
    path("mutation-de-masse/", files.mass, name="mass"),
    path("fichier/<uuid:file>/", files.preview, name="preview"),
    path("fichier/<uuid:file>/abandonner/", files.give_up, name="file-give-up"),
    path("<uuid:ref>/", agent.agent, name="agent"),
    path("<uuid:ref>/declaree/", declaring.declared, name="declared"),
    path("<uuid:ref>/nir/", agent.show_nir, name="nir"),
    path("<uuid:ref>/corriger/", agent.correct, name="correct"),
    path("<uuid:ref>/affilier/", agent.again, name="again"),
    path("<uuid:ref>/completer/", agent.complete, name="complete"),
    path("<uuid:ref>/heures/", agent.change_hours, name="hours"),
    path("<uuid:ref>/depart/", agent.leave, name="leave"),
    path("<uuid:ref>/depart/annuler/", agent.cancel_leaving, name="cancel-leaving"),
]
