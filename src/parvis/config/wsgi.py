"""The WSGI application. Importing it checks what must hold and warms up, once, before the server forks."""

import os

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
django.setup()

from django.urls import get_resolver  # noqa: E402

from parvis.config import startup  # noqa: E402

startup.check()
# Every address and view is imported now: the first visitor does not wait, and a broken one stops the start.
get_resolver().url_patterns  # noqa: B018

application = get_wsgi_application()
