from django.urls import URLPattern, URLResolver, include, path

from parvis.access.bulk import views

_one = [
    path("", views.preview, name="import-preview"),
    path("refaire/", views.again, name="import-again"),
    path("abandonner/", views.give_up, name="import-give-up"),
    path("resultat/", views.done, name="import-done"),
    path("fiches.pdf", views.sheets, name="import-sheets"),
]

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = [
    path("comptes/importer/", views.start, name="import"),
    path("comptes/importer/comptes-et-droits.csv", views.file_csv, name="import-csv"),
    path("comptes/importer/comptes-et-droits.ods", views.file_ods, name="import-ods"),
    path("comptes/importer/<uuid:import_id>/", include(_one)),
]
person: list[URLPattern | URLResolver] = []
