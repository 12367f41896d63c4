from django.urls import path, re_path

from parvis.information.news import views

urlpatterns = [
    path("actualites/", views.listing, name="news"),
    path("actualites/flux.atom", views.feed, name="news-feed"),
    path("actualites/flux/<slug:fund>.atom", views.feed, name="news-feed-fund"),
    re_path(r"^actualites/images/(?P<digest>[0-9a-f]{40})\.webp$", views.picture, name="news-picture"),
    path("actualites/<slug:slug>/", views.item, name="news-item"),
    path("etablissements/<siret:siret>/actualites/", views.here, name="news-here"),
]
