from django.urls import path

from parvis.services.establishment import inherited, views
from parvis.services.establishment.blocks import BLOCKS

app_name = "service_establishment"

urlpatterns = [
    path("", views.index, name="index"),
    *(
        path(f"{block.slug}/{'<int:year>/' if block.yearly else ''}modifier/", views.modify, {"code": code}, name=code)
        for code, block in BLOCKS.items()
    ),
    *(
        path(f"{block.slug}/historique/", views.history, {"code": code}, name=f"{code}-history")
        for code, block in BLOCKS.items()
    ),
    path("repris/<siret:old>/", inherited.index, name="inherited"),
    path("repris/<siret:old>/historique/", inherited.history, name="inherited-history"),
]
