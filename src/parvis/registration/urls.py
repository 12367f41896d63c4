from django.urls import path

from parvis.registration.views import belonging, details, follow, lost, provider, start

app_name = "registration"

urlpatterns = [
    path("", start.start, name="start"),
    path("reponse/", start.answer, name="answer"),
    path("reponse/renvoyer/", start.send_again, name="send-again"),
    path("reponse/signaler/", start.contest, name="contest"),
    path("appartenance/", belonging.ask, name="belonging"),
    path("appartenance/code/", belonging.code, name="belonging-code"),
    path("demande/", belonging.pass_on, name="pass-on"),
    path("fournisseur/<slug:slug>/", provider.leave, name="provider"),
    path("coordonnees/", details.person, name="person"),
    path("preuve/", details.proof, name="proof"),
    path("abandonner/", details.drop, name="drop"),
    path("suivi/", follow.enter, name="follow-start"),
    path("suivi/note/", follow.noted, name="noted"),
    path("suivi/code-perdu/", lost.ask, name="lost"),
    path("suivi/code-perdu/envoye/", lost.asked, name="lost-asked"),
    path("suivi/code-perdu/<str:token>/", lost.replace, name="lost-replace"),
    path("suivi/<str:reference>/", follow.follow, name="follow"),
    path("suivi/<str:reference>/code/", follow.enter, name="follow-with"),
    path("courrier/", follow.report, name="report"),
    path("courrier/signale/", follow.reported, name="reported"),
]
