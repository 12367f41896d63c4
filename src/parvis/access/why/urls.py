from django.urls import URLPattern, URLResolver, path

from parvis.access.why import views

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = [
    path("comptes/matrice/", views.shown, name="matrix"),
    path("comptes/matrice/qui-peut-faire-quoi.csv", views.export_csv, name="matrix-csv"),
    path("comptes/matrice/qui-peut-faire-quoi.ods", views.export_ods, name="matrix-ods"),
    path("comptes/matrice/qui-peut-faire-quoi.pdf", views.export_pdf, name="matrix-pdf"),
    path("comptes/matrice/<uuid:ref>/", views.person, name="why-person"),
    path("comptes/matrice/<uuid:ref>/<slug:code>/", views.why, name="why"),
]
person: list[URLPattern | URLResolver] = [
    path("mon-compte/droits/<siret:place>/<slug:code>/", views.own, name="my-reasons"),
]
