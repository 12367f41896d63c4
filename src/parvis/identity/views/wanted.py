"""The page that somebody wanted before they had to sign in."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def asked(request: HttpRequest) -> str:
    """The page of ours that was asked for before signing in; "" for none, or for what is none of ours."""
    wanted = request.POST.get("suite") or request.GET.get("suite") or ""
    ours = wanted.startswith("/") and wanted.isprintable()
    return wanted if ours and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def next_page(request: HttpRequest) -> str:
    """Where to go after signing in: the page that was asked for, or the person's home."""
    return asked(request) or reverse("information:start")
