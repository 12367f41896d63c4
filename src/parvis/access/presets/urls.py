from django.urls import URLPattern, URLResolver, path

from parvis.access.presets import giving, views

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = [
    path("modeles/", views.index, name="presets"),
    path("modeles/creer/", views.make, name="preset-create"),
    path("modeles/appliquer/", giving.give_preset, name="preset-give"),
    path("modeles/comparer/", views.compare, name="preset-compare"),
    path("modeles/<slug:key>/", views.show, name="preset"),
    path("modeles/<slug:key>/modifier/", views.modify, name="preset-modify"),
    path("modeles/<slug:key>/supprimer/", views.remove, name="preset-remove"),
]
person: list[URLPattern | URLResolver] = []
