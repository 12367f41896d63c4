from django.urls import path

from parvis.backoffice.views import acts, home

app_name = "backoffice"

urlpatterns = [
    path("", home.home, name="home"),
    path("quatre-yeux/", acts.waiting, name="acts"),
    path("quatre-yeux/<uuid:act_id>/", acts.decide, name="act"),
]
