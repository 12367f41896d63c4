from django.urls import path

from parvis.recovery import lost_views, views

app_name = "recovery"

urlpatterns = [
    path("", views.start, name="start"),
    path("recue/", views.received, name="received"),
    path("suivi/", views.follow, name="follow"),
    path("suivi/code-perdu/", lost_views.ask, name="lost"),
    path("suivi/code-perdu/envoye/", lost_views.asked, name="lost-asked"),
    path("suivi/code-perdu/<str:token>/", lost_views.replace, name="lost-replace"),
    path("contester/<str:token>/", views.contest, name="object"),
]
