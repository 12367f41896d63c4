from django.urls import path

from parvis.backoffice.registrations import views

urlpatterns = [
    path("", views.listing, name="registrations"),
    path("<str:reference>/", views.one, name="registration"),
    path("<str:reference>/documents/<int:number>/", views.document, name="registration-document"),
]
