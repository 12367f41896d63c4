from django.urls import path

from parvis.backoffice.search import views

urlpatterns = [path("", views.search, name="search")]
