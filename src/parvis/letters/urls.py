from django.urls import path

from parvis.letters import views

app_name = "letters"

urlpatterns = [
    path("etablissements/<siret:siret>/courriers/", views.index, name="index"),
    path("etablissements/<siret:siret>/courriers/archiver/", views.archive, name="archive"),
    path("etablissements/<siret:siret>/courriers/lus/", views.mark_several, name="read-several"),
    path("etablissements/<siret:siret>/courriers/telecharger", views.archive_file, name="zip"),
    path("etablissements/<siret:siret>/courriers/<int:letter_id>/", views.letter, name="letter"),
    path("etablissements/<siret:siret>/courriers/<int:letter_id>/fichier", views.file, name="file"),
    path("etablissements/<siret:siret>/courriers/<int:letter_id>/lu/", views.mark_read, name="read"),
    path("etablissements/<siret:siret>/courriers/<int:letter_id>/non-lu/", views.mark_unread, name="unread"),
]
