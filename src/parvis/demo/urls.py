from django.urls import path

from parvis.demo import views

app_name = "demo"

urlpatterns = [
    path("courriels", views.mailbox, name="mailbox"),
    path("courriels.json", views.mailbox_json, name="mailbox-json"),
    path("courriels/<str:name>", views.message, name="message"),
    path("codes", views.codes, name="codes"),
    path("composants", views.components, name="components"),
]
