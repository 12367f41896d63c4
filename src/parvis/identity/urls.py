from django.urls import path

from parvis.identity import views

app_name = "identity"

urlpatterns = [
    path("connexion/", views.sign_in, name="sign-in"),
    path("deconnexion/", views.sign_out, name="sign-out"),
    path("mot-de-passe-oublie/", views.forgotten, name="forgotten"),
    path("mot-de-passe-oublie/envoye/", views.forgotten_sent, name="forgotten-sent"),
    path("mot-de-passe/<str:token>/", views.reset, name="reset"),
    path("adresse/<str:token>/", views.confirm_email, name="confirm-email"),
]
