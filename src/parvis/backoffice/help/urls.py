from django.urls import include, path

from parvis.backoffice.help import views

urlpatterns = [
    path("", views.listing, name="questions"),
    path("precisions/", include("parvis.backoffice.clarifications.urls")),
    path("nouvelle/", views.write, name="question-new"),
    path("<uuid:ref>/", views.question, name="question"),
    path("<uuid:ref>/modifier/", views.write, name="question-write"),
]
