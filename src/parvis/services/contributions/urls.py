from django.urls import path, register_converter

from parvis.services.contributions import declaring_views, views


class ListName:
    """A list that is given as a file."""

    regex = "mois|mouvements|a-payer|virements|majorations"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Form(ListName):
    """The form of a file."""

    regex = "csv|ods"


register_converter(ListName, "contributions_list")
register_converter(Form, "contributions_form")

app_name = "service_contributions"

urlpatterns = [
    path("", views.index, name="index"),
    path("a-payer/", views.paying, name="paying"),
    path("virements/", views.transfers_received, name="received"),
    path("majorations/<uuid:ref>/", views.charge, name="charge"),
    path("liste/<contributions_list:name>.<contributions_form:form>", views.export, name="export"),
    path("declarations/<slug:fund>/", declaring_views.declarations, name="declarations"),
    path("declarations/<slug:fund>/<slug:code>/", declaring_views.declare, name="declare"),
    path("comptes/<slug:fund>/", views.account, name="account"),
    path("comptes/<slug:fund>/mouvements/", views.moved, name="movements"),
]
