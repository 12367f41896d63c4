from django.urls import path

from parvis.backoffice.contacts import closing_views, views

urlpatterns = [
    path("", views.listing, name="contacts"),
    path("ajouter/", views.add, name="contact-add"),
    path("fermetures/", closing_views.closings, name="contact-closings"),
    path("fermetures/<uuid:ref>/retirer/", closing_views.reopen, name="contact-reopen"),
    path("<uuid:ref>/", views.one, name="contact"),
    path("<uuid:ref>/modifier/", views.change, name="contact-change"),
    path("<uuid:ref>/fin/", views.end, name="contact-end"),
    path("<uuid:ref>/abandonner/", views.withdraw, name="contact-withdraw"),
]
