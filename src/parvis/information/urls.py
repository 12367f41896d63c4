from django.urls import include, path

from parvis.information import views

app_name = "information"

urlpatterns = [
    path("", include("parvis.information.news.urls")),
    path("aide/", views.help_centre, name="help"),
    path("aide/<slug:slug>/", views.article, name="article"),
    path("contact/", views.contact, name="contact"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("donnees-personnelles/", views.privacy, name="privacy"),
    path("conditions-generales/", views.terms, name="terms"),
    path("conditions-generales/<int:number>/", views.terms, name="terms-version"),
    path("mentions-legales/", views.legal, name="legal"),
]
