from django.urls import path

from parvis.backoffice.dossiers import views

urlpatterns = [
    path("", views.queue, name="dossiers"),
    path("<slug:reference>/", views.one, name="dossier"),
    path("<slug:reference>/documents/<int:number>/", views.document, name="dossier-document"),
]
