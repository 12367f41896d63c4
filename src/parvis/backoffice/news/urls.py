from django.urls import path, re_path

from parvis.backoffice.news import views

urlpatterns = [
    path("", views.listing, name="news"),
    path("nouvelle/", views.write, name="news-new"),
    re_path(r"^images/(?P<digest>[0-9a-f]{40})\.webp$", views.picture, name="news-picture"),
    path("<uuid:ref>/", views.item, name="news-item"),
    path("<uuid:ref>/modifier/", views.write, name="news-write"),
]
