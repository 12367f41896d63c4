"""The pages of what goes wrong: what happened, what to do next, who can help."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from parvis.ground.pages.kept import keep
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
    """403: the form came from elsewhere, or the browser refuses cookies.

    A form of ours whose cookies went with the session is kept: its fields come back after signing in (or at once, where
    a sign-in in another tab changed the token). Nothing is done with them until somebody presses the button again.
    """
    if _ours(request):
        keep(request)
        if request.user.is_authenticated:
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(f"{reverse('identity:sign-in')}?{urlencode({'suite': request.get_full_path()})}")
    return render(request, "problems/403_csrf.html", status=403)


def _ours(request: HttpRequest) -> bool:
    """A POST from one of our own pages, to an address that shows a form, behind a sign-in."""
    match = request.resolver_match
    rule = getattr(match.func, "rule", None) if match else None
    return (
        request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"
        and rule is not None
        and rule.kind not in ("public", "visitor")
        and "GET" in rule.methods
    )


def not_allowed(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    """405: an address that answers otherwise than it was asked."""
    answer = render(request, "problems/405.html", status=405)
    answer["Allow"] = ", ".join(methods)
    return answer
