from django.urls import path

from parvis.exchanges.views import contact, thread

app_name = "exchanges"
HERE = "etablissements/<siret:siret>/echanges/"

urlpatterns = [
    path(HERE, thread.index, name="index"),
    path(f"{HERE}nouveau/", contact.new, name="new"),
    path(f"{HERE}nouveau/<uuid:draft>/abandonner/", contact.give_up, name="give-up"),
    path(f"{HERE}nouveau/<uuid:draft>/<slug:step>/", contact.step, name="step"),
    path(f"{HERE}<slug:reference>/", thread.one, name="one"),
    path(f"{HERE}<slug:reference>/envoye/", contact.sent, name="sent"),
    path(f"{HERE}<slug:reference>/documents/<int:number>/", thread.document, name="document"),
]
