from django.urls import path

from parvis.information.help import views

urlpatterns = [
    path("", views.help_centre, name="help"),
    path("services/<slug:code>/", views.service, name="help-service"),
    path("themes/<slug:code>/", views.theme, name="help-theme"),
    path("questions/<uuid:ref>/", views.question, name="question"),
    path("<slug:slug>/", views.article, name="article"),
]
