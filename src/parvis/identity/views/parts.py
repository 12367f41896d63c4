"""Times and numbers that the pages about factors say, from the settings."""

from typing import Any

from django.conf import settings


def rules() -> dict[str, Any]:
    """By the names that the templates know."""
    return {
        "trust": settings.PARVIS_BROWSER_TRUST,
        "validity": settings.PARVIS_CODE_VALIDITY,
        "delay": settings.PARVIS_CODE_RESEND_DELAY,
        "limit": settings.PARVIS_CODE_RESEND_LIMIT,
        "window": settings.PARVIS_CODE_RESEND_WINDOW,
    }
