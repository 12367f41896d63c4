from django.urls import path

from parvis.registration.first_steps import views

app_name = "first-steps"

urlpatterns = [path("", views.steps, name="list")]
