from django.urls import URLPattern, URLResolver, include, path

from parvis.access.asking import urls as asking
from parvis.access.bulk import urls as bulk
from parvis.access.delegation import urls as delegation
from parvis.access.factor_reset import views as factor_reset
from parvis.access.handing import urls as handing
from parvis.access.my_data import views as my_data
from parvis.access.organisation import urls as organisation
from parvis.access.presets import urls as presets
from parvis.access.review import urls as review
from parvis.access.terms import views as terms
from parvis.access.views import accounts, changes, creation, first_link, home, mine, renewal
from parvis.access.why import urls as why

app_name = "access"
PARTS = (asking, bulk, delegation, handing, organisation, presets, review, why)

steps = [
    path("coordonnees/", creation.coordinates, name="create-coordinates"),
    path("droits/", creation.rights, name="create-rights"),
    path("verification/", creation.check, name="create-check"),
    path("identifiant/", creation.done, name="create-done"),
    path("fiche.pdf", creation.sheet, name="create-sheet"),
    path("abandonner/", creation.abandon, name="create-abandon"),
]

account = [
    path("", accounts.coordinates, name="account"),
    path("droits/", accounts.rights, name="account-rights"),
    path("droits/modifier/", changes.rights, name="account-rights-form"),
    path("historique/", accounts.account_history, name="account-history"),
    path("fiche.pdf", accounts.sheet, name="account-sheet"),
    path("modifier/", changes.modify, name="account-modify"),
    path("profil/", changes.profile, name="account-profile"),
    path("dates/", changes.dates, name="account-dates"),
    path("renouveler/", changes.renew, name="account-renew"),
    path("renvoyer/", changes.send_again, name="account-send-again"),
    path("desactiver/", changes.deactivate, name="account-deactivate"),
    path("reactiver/", changes.reactivate, name="account-reactivate"),
    path("supprimer/", changes.delete, name="account-delete"),
    path("debloquer/", changes.unblock, name="account-unblock"),
    path("second-facteur-perdu/", factor_reset.reset, name="account-factor-reset"),
]

establishment: list[URLPattern | URLResolver] = [
    path("mon-etablissement/", home.sheet, name="sheet"),
    path("conditions-generales/", terms.terms, name="terms"),
    path("correction/", home.proposal, name="proposal"),
    path("comptes/", accounts.listing, name="accounts"),
    path("comptes/comptes.csv", accounts.export_csv, name="accounts-csv"),
    path("comptes/comptes.ods", accounts.export_ods, name="accounts-ods"),
    path("comptes/renouveler/", renewal.several, name="renew-several"),
    path("comptes/renouveler-mon-acces/", renewal.oneself, name="renew-oneself"),
    path("comptes/creer/", creation.start, name="create"),
    path("comptes/creer/<uuid:draft_id>/", include(steps)),
    path("comptes/<int:account_id>/", include(account)),
    path("historique/", accounts.establishment_history, name="history"),
    path("historique/historique.csv", accounts.history_csv, name="history-csv"),
    *(pattern for part in PARTS for pattern in part.establishment),
]

urlpatterns = [
    path("mon-compte/", mine.me, name="me"),
    path("mon-compte/coordonnees/", mine.coordinates, name="coordinates"),
    path("mon-compte/droits/", mine.rights, name="my-rights"),
    path("mon-compte/droits/<siret:place>/", mine.rights_in, name="my-rights-in"),
    path("mon-compte/mes-donnees/", my_data.my_data, name="my-data"),
    path("mon-compte/mes-donnees/copie.json", my_data.json_copy, name="my-data-json"),
    path("mon-compte/mes-donnees/copie.pdf", my_data.pdf_copy, name="my-data-pdf"),
    path("mon-compte/second-facteur-perdu/", factor_reset.own, name="own-reset"),
    path("second-facteur-perdu/<str:token>/", factor_reset.refuse, name="refuse-reset"),
    path("mes-etablissements/", mine.mine, name="mine"),
    path("premiere-connexion/<str:token>/", first_link.first_link, name="first-link"),
    *(pattern for part in PARTS for pattern in part.person),
    path("etablissements/<siret:siret>/", include(establishment)),
]
