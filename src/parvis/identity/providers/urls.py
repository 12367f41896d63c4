"""Under « /connexion/par/<fournisseur>/ »: what a provider's configuration names does not change."""

from django.urls import path

from parvis.identity.providers import views

urlpatterns = [
    path("connexion/par/<slug:slug>/", views.sign_in, name="provider-sign-in"),
    path("connexion/par/<slug:slug>/retour/", views.come_back, name="provider-back"),
    path("connexion/par/<slug:slug>/quitter/", views.leave, name="provider-leave"),
    path("connexion/par/<slug:slug>/fin/", views.left, name="provider-left"),
    path("connexion/par/<slug:slug>/deconnexion/", views.back_channel, name="provider-back-channel"),
    path("connexion/par/<slug:slug>/deconnexion-navigateur/", views.front_channel, name="provider-front-channel"),
    path("connexion/relier/", views.link, name="provider-link"),
    path("connexion/relier/renoncer/", views.give_up, name="provider-give-up"),
    path("mon-compte/fournisseurs/<slug:slug>/relier/", views.add, name="provider-add"),
]
