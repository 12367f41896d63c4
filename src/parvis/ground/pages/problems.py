"""The pages of what goes wrong: what happened, what to do next, who can help."""

from django.http import HttpRequest, HttpResponse

from parvis.ground.pages.rendering import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read (too many fields, a malformed form)."""
    return render(request, "problems/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 outside of any establishment."""
    return render(request, "problems/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address, or an establishment of others: nobody can tell which."""
    return render(request, "problems/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without frame, session or database, for one of them may be what failed."""
    request.frame = None  # type: ignore[attr-defined]
    return render(request, "problems/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came from elsewhere, or the browser refuses cookies."""
    return render(request, "problems/403_csrf.html", status=403)
