from django.urls import path

from parvis.dossiers.views import dossier, portfolio, request

app_name = "dossiers"
HERE = "etablissements/<siret:siret>/demandes/"
ONE = f"{HERE}<slug:reference>/"

urlpatterns = [
    path(HERE, portfolio.index, name="index"),
    path(f"{HERE}archives/", portfolio.archived, name="archived"),
    path(f"{HERE}export.<slug:form>", portfolio.export, name="export"),
    path(f"{HERE}nouvelle/", portfolio.new, name="new"),
    path(f"{HERE}confies/", portfolio.given, name="entrusted"),
    path(f"{HERE}confies/circuit/", portfolio.circuit, name="circuit"),
    path(ONE, dossier.one, name="one"),
    path(f"{ONE}etapes/<slug:step>/", request.step, name="step"),
    path(f"{ONE}documents/", request.documents, name="documents"),
    path(f"{ONE}documents/<int:number>/", request.file, name="file"),
    path(f"{ONE}verifier/", request.check, name="check"),
    path(f"{ONE}transmis/", request.sent, name="sent"),
    path(f"{ONE}messages/", dossier.talk, name="messages"),
    path(f"{ONE}historique/", dossier.past, name="history"),
    path(f"{ONE}deleguer/", dossier.delegate, name="delegate"),
    path(f"{ONE}rendre/", dossier.give_back, name="give-back"),
    path(f"{ONE}retirer/", dossier.withdraw, name="withdraw"),
]
