from django.urls import include, path

from parvis.information import front, views

app_name = "information"

urlpatterns = [
    path("", front.start, name="start"),
    path("presentation/", front.presentation, name="presentation"),
    path("plan-du-site/", front.site_map_page, name="site-map"),
    path("", include("parvis.information.news.urls")),
    path("", include("parvis.information.funds.urls")),
    path("", include("parvis.information.contacts.urls")),
    path("", include("parvis.information.search.urls")),
    path("aide/", include("parvis.information.help.urls")),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("donnees-personnelles/", views.privacy, name="privacy"),
    path("conditions-generales/", views.terms, name="terms"),
    path("conditions-generales/<int:number>/", views.terms, name="terms-version"),
    path("mentions-legales/", views.legal, name="legal"),
]
