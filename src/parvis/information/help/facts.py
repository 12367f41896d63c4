"""What the articles say of the rules: the delays, limits and words in force, never written by hand."""

from typing import Any

from django.conf import settings

from parvis.access.status import Status
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.filters import plural
from parvis.information.held import span


def facts() -> dict[str, Any]:
    """The values that the articles name."""
    return {
        "funds": list(FUNDS.values()),
        "statuses": {status.name: status for status in Status},
        "invitation_days": settings.PARVIS_INVITATION_VALIDITY.days,
        "postal_days": settings.PARVIS_POSTAL_VALIDITY.days,
        "expiry_months": settings.PARVIS_EXPIRY_MONTHS,
        "deputy_days": settings.PARVIS_DEPUTY_DAYS,
        "warning_day": settings.PARVIS_EXPIRY_MONTHLY_WARNING_DAY,
        "warning_days": " et ".join(plural(count, "jour", "jours") for count in settings.PARVIS_EXPIRY_WARNING_DAYS),
        "name_years": settings.PARVIS_NAME_RETENTION_YEARS,
        "terms_grace_days": settings.PARVIS_TERMS_GRACE.days,
        "terms_reminder_days": settings.PARVIS_TERMS_REMINDER.days,
        "browser_trust": settings.PARVIS_BROWSER_TRUST,
        "fresh_factor": settings.PARVIS_FRESH_FACTOR,
        "recovery_codes": settings.PARVIS_RECOVERY_CODES,
        "code_validity": settings.PARVIS_CODE_VALIDITY,
        "email_validity": settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY,
        "idle_limit": settings.PARVIS_IDLE_LIMIT,
        "idle_warning": settings.PARVIS_IDLE_WARNING,
        "session_limit": settings.PARVIS_SESSION_LIMIT,
        "call_code_validity": settings.PARVIS_CALL_CODE_VALIDITY,
        "factor_reset_delay": settings.PARVIS_FACTOR_RESET_DELAY,
        "reset_validity": settings.PARVIS_RESET_VALIDITY,
        "password_minimum": settings.PARVIS_PASSWORD_MINIMUM,
        "password_minimum_administrator": settings.PARVIS_PASSWORD_MINIMUM_ADMINISTRATOR,
        "failures": settings.PARVIS_FAILURES,
        "locks": settings.PARVIS_LOCKS,
        "provider_validity": settings.PARVIS_PROVIDERS_STATE_VALIDITY,
        "exchange_draft": settings.PARVIS_EXCHANGE_DRAFT_RETENTION,
        "exchange_silence": settings.PARVIS_EXCHANGE_SILENCE,
        "exchange_reopen": settings.PARVIS_EXCHANGE_REOPEN,
        "obligation_soon": plural(settings.PARVIS_OBLIGATION_SOON_DAYS, "jour", "jours"),
        "obligation_reminders": " et ".join(
            plural(count, "jour", "jours") for count in settings.PARVIS_OBLIGATION_REMINDER_DAYS
        ),
        "letter_recall": settings.PARVIS_LETTER_RECALL,
        "letter_recall_administrators": settings.PARVIS_LETTER_RECALL_ADMINISTRATORS,
        "notice_retention": span(settings.PARVIS_NOTICE_RETENTION),
        "digest_hour": settings.PARVIS_DIGEST_HOUR,
    }
