from django.urls import URLPattern, URLResolver

# Under /etablissements/<siret>/, and under /.
establishment: list[URLPattern | URLResolver] = []
person: list[URLPattern | URLResolver] = []
