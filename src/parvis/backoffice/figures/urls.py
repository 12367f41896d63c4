from django.urls import path

from parvis.backoffice.figures import views

urlpatterns = [path("", views.shown, name="figures")]
