from django.urls import path

from parvis.backoffice.recoveries import views

urlpatterns = [
    path("", views.queue, name="recoveries"),
    path("<int:case_id>/", views.one, name="recovery"),
    path("<int:case_id>/pieces/<int:proof_id>/", views.proof, name="recovery-proof"),
]
