from django.urls import path, register_converter

from parvis.services.declarations.views import correcting, reading


class Table:
    """The form of a list given as a file."""

    regex = "csv|ods"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ReportForm(Table):
    """The form of a report."""

    regex = "csv|pdf"


register_converter(Table, "declarations_table")
register_converter(ReportForm, "declarations_report")

app_name = "service_declarations"

urlpatterns = [
    path("", reading.index, name="index"),
    path("controler/", correcting.dry, name="dry"),
    path("controles/", reading.checks, name="checks"),
    path("anomalies/", reading.anomalies, name="anomalies"),
    path("anomalies.<declarations_table:form>", reading.export, name="export"),
    path("anomalies/chercher/", reading.find, name="find"),
    path("anomalies/<uuid:ref>/corrigee-en-paie/", correcting.mended, name="mended"),
    path("anomalies/suivre/", correcting.share, name="share"),
    path("a-corriger-en-paie/", reading.payroll, name="payroll"),
    path("a-corriger-en-paie.<declarations_table:form>", reading.payroll_file, name="payroll-file"),
    path("individus/<uuid:ref>/", correcting.individual, name="individual"),
    path("individus/<uuid:ref>/corriger/", correcting.correct, name="correct"),
    path("individus/<uuid:ref>/abandonner/", correcting.give_up, name="give-up"),
    path("individus/<uuid:ref>/controler/", correcting.look_again, name="look-again"),
    path("individus/<uuid:ref>/affilier/", correcting.affiliate, name="affiliate"),
    path("<uuid:ref>/", reading.declaration, name="declaration"),
    path("<uuid:ref>/ar.<declarations_report:form>", reading.receipt, name="receipt"),
    path("<uuid:ref>/crm.<declarations_report:form>", reading.business, name="business"),
]
