from django.urls import path

from parvis.backoffice.letters import views

urlpatterns = [path("", views.letters, name="letters")]
