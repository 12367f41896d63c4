from django.urls import URLPattern, URLResolver, path

from parvis.access.handing.views import absences, deputies, handovers

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = [
    path("comptes/relais/", absences.overview, name="handing"),
    path("comptes/relais/absences/nouvelle/", absences.begin, name="absence-begin"),
    path("comptes/relais/absences/nouvelle/droits/", absences.rights, name="absence-rights"),
    path("comptes/relais/absences/<uuid:ref>/", absences.end, name="absence"),
    path("comptes/relais/passations/nouvelle/", handovers.begin, name="handover-begin"),
    path("comptes/relais/passations/nouvelle/verification/", handovers.check, name="handover-check"),
    path("comptes/relais/passations/<uuid:ref>/", handovers.handover, name="handover"),
    path("comptes/relais/suppleance/", deputies.deputy, name="deputy"),
    path("suppleance/", deputies.answer, name="deputy-answer"),
]
person: list[URLPattern | URLResolver] = []
