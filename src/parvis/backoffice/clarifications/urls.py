from django.urls import path

from parvis.backoffice.clarifications import views

urlpatterns = [
    path("", views.listing, name="clarifications"),
    path("nouvelle/", views.write, name="clarification-new"),
    path("<uuid:ref>/", views.clarification, name="clarification"),
    path("<uuid:ref>/modifier/", views.write, name="clarification-write"),
    path("<uuid:ref>/versions/<int:number>/", views.version, name="clarification-version"),
]
