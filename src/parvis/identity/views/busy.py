"""The answer where too many people sign in at once: 503, and when to come back."""

from django.conf import settings
from django.http import HttpResponse

BUSY = (
    "Beaucoup de personnes se connectent en ce moment. Attendez quelques secondes, saisissez à nouveau votre mot de "
    "passe et recommencez."
)


def come_back(answer: HttpResponse) -> HttpResponse:
    """The same page as 503: nothing typed is lost but the password, nothing was counted."""
    answer.status_code = 503
    # Django would note it as a fault of ours: it is none.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    answer["Retry-After"] = str(int(settings.PARVIS_HASHING_RETRY.total_seconds()))
    return answer
