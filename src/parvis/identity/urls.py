from django.urls import path

from parvis.identity.views import sign_in

app_name = "identity"

urlpatterns = [
    path("connexion/", sign_in.sign_in, name="sign-in"),
    path("deconnexion/", sign_in.sign_out, name="sign-out"),
    path("mot-de-passe-oublie/", sign_in.forgotten, name="forgotten"),
    path("mot-de-passe-oublie/envoye/", sign_in.forgotten_sent, name="forgotten-sent"),
    path("mot-de-passe/<str:token>/", sign_in.reset, name="reset"),
    path("adresse/<str:token>/", sign_in.confirm_email, name="confirm-email"),
]
