"""Parvis's addresses, and the bench's two: the empty signed-in page and the twin of any page."""

from django.urls import path

from bench import pages
from parvis.config.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401

urlpatterns = [
    *urlpatterns,
    path("bench/vide/", pages.empty),
    path("bench/jumelle/<path:address>", pages.twin),
]
