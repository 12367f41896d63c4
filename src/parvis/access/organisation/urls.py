from django.urls import URLPattern, URLResolver, include, path

from parvis.access.organisation.views import batches, clients, following, portfolios

_portfolio = [
    path("", portfolios.portfolio, name="portfolio"),
    path("renommer/", portfolios.rename, name="portfolio-rename"),
    path("supprimer/", portfolios.delete, name="portfolio-delete"),
    path("equipe/", portfolios.people, name="portfolio-people"),
    path("retirer/", portfolios.remove, name="portfolio-remove"),
]
_batch = [
    path("", batches.batch, name="batch"),
    path("conditions/", batches.terms, name="batch-terms"),
    path("verification/", batches.check, name="batch-check"),
    path("abandonner/", batches.abandon, name="batch-abandon"),
]

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = [
    path("suivis/", clients.listing, name="clients"),
    path("suivis/etablissements-suivis.csv", clients.export, name="clients-csv"),
    path("suivis/confier/", clients.give, name="clients-give"),
    path("suivis/<siret:client>/", clients.client, name="client"),
    path("portefeuilles/", portfolios.listing, name="portfolios"),
    path("portefeuilles/creer/", portfolios.create, name="portfolio-create"),
    path("portefeuilles/<uuid:ref>/", include(_portfolio)),
    path("propositions/", following.listing, name="batch-following"),
    path("propositions/relancer/", following.remind_them, name="batch-remind"),
    path("propositions/nouvelles/", batches.choose, name="batch-new"),
    path("propositions/<uuid:ref>/", include(_batch)),
]
person: list[URLPattern | URLResolver] = []
