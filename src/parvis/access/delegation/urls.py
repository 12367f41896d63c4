from django.urls import URLPattern, URLResolver, include, path

from parvis.access.delegation.state import Side
from parvis.access.delegation.views import acts, proposing, reading

GIVEN, RECEIVED = {"side": Side.ESTABLISHMENT.value}, {"side": Side.ORGANISATION.value}

one = [
    path("", reading.delegation, name="delegation"),
    path("accepter/", acts.accept, name="delegation-accept"),
    path("refuser/", acts.refuse, name="delegation-refuse"),
    path("retirer/", acts.withdraw, name="delegation-withdraw"),
    path("reduire/", acts.narrow, name="delegation-narrow"),
    path("terminer/", acts.end, name="delegation-end"),
    path("joindre/", acts.attach, name="delegation-attach"),
    path("convention.pdf", reading.agreement_file, name="delegation-agreement"),
]

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = [
    path("delegations/", reading.delegations, name="delegations"),
    path("delegations/proposer/", proposing.find, GIVEN, name="delegation-find"),
    path("delegations/proposer/<siret:other>/", proposing.proposal, GIVEN, name="delegation-propose"),
    path("delegations/demander/", proposing.find, RECEIVED, name="delegation-find-client"),
    path("delegations/demander/<siret:other>/", proposing.proposal, RECEIVED, name="delegation-ask"),
    path("delegations/<uuid:ref>/", include(one)),
]
person: list[URLPattern | URLResolver] = []
