from django.urls import path

from parvis.backoffice.exchanges import editing_views, views

urlpatterns = [
    path("", views.queue, name="exchanges"),
    path("chiffres/", views.figures, name="exchange-figures"),
    path("chiffres.csv", views.figures_csv, name="exchange-figures-csv"),
    path("modeles/", editing_views.replies, name="exchange-replies"),
    path("modeles/nouveau/", editing_views.reply, name="exchange-reply-new"),
    path("modeles/<int:number>/", editing_views.reply, name="exchange-reply"),
    path("motifs/", editing_views.motifs, name="exchange-motifs"),
    path("motifs/nouveau/", editing_views.motif, name="exchange-motif-new"),
    path("motifs/<slug:code>/", editing_views.motif, name="exchange-motif"),
    path("<slug:reference>/", views.one, name="exchange"),
    path("<slug:reference>/documents/<int:number>/", views.document, name="exchange-document"),
]
