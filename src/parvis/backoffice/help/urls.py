from django.urls import path

from parvis.backoffice.help import views

urlpatterns = [
    path("", views.listing, name="questions"),
    path("nouvelle/", views.write, name="question-new"),
    path("<uuid:ref>/", views.question, name="question"),
    path("<uuid:ref>/modifier/", views.write, name="question-write"),
]
