from django.urls import URLPattern, URLResolver, path

from parvis.access.review import files, views

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = [
    path("comptes/revue/", views.review, name="review"),
    path("comptes/revue/signer/", views.sign, name="review-sign"),
    path("comptes/revue/lignes/<int:line_id>/modifier/", views.modify, name="review-modify"),
    path("comptes/revue/lignes/<int:line_id>/retirer/", views.withdraw, name="review-withdraw"),
    path("comptes/revue/suspendus/<int:number>/", views.suspended, name="review-suspended"),
    path("comptes/revue/<uuid:ref>/", files.record, name="review-record"),
    path("comptes/revue/<uuid:ref>/revue.pdf", files.as_pdf, name="review-pdf"),
    path("comptes/revue/<uuid:ref>/revue.csv", files.as_csv, name="review-csv"),
    # Of an establishment whose place this one has taken.
    path("comptes/revue/repris/<siret:old>/", views.taken_over, name="review-old"),
    path("comptes/revue/repris/<siret:old>/<uuid:ref>/", files.record, name="review-record-old"),
    path("comptes/revue/repris/<siret:old>/<uuid:ref>/revue.pdf", files.as_pdf, name="review-pdf-old"),
    path("comptes/revue/repris/<siret:old>/<uuid:ref>/revue.csv", files.as_csv, name="review-csv-old"),
]
person: list[URLPattern | URLResolver] = []
