"""The numbers and times of the rules: an operator may change them in one file, and they are checked at start-up.

`PARVIS_RULES` names a TOML file whose keys are the settings' names without `PARVIS_`, in lower case: whole numbers, or
durations such as "7d", "30m", "1h30m", "90s", true or false, and lists of these. Each must keep the kind of its
default.
"""

import datetime
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parvis.config.environment import Fault

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:\d+[dhms])+")


class WrongRule(Fault):
    """A rule of the file, or two that do not go together; the message is one French sentence that names it."""


def duration(text: str) -> datetime.timedelta:
    """ "1h30m" as a duration. Raises ValueError."""
    if not _DURATION.fullmatch(text):
        raise ValueError(text)
    return datetime.timedelta(
        seconds=sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([dhms])", text))
    )


def read(path: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the file changes. Raises WrongRule for an unknown name or a value of another kind."""
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as fault:
        raise WrongRule(f"Le fichier PARVIS_RULES ne se lit pas ({fault}) : corrigez {path}.") from fault
    return {_name(key, defaults): _value(key, value, defaults[_name(key, defaults)]) for key, value in given.items()}


def _name(key: str, defaults: Mapping[str, Any]) -> str:
    name = f"PARVIS_{key.upper()}"
    if name not in rules(defaults):
        raise WrongRule(f"PARVIS_RULES : « {key} » n’est pas une règle connue : corrigez ou retirez cette ligne.")
    return name


def _value(key: str, value: Any, default: Any) -> Any:
    try:
        if isinstance(default, tuple):
            if not isinstance(value, list):
                raise TypeError(key)
            return tuple(_value(key, one, default[0]) for one in value)
        if isinstance(default, dict):
            return {name: _value(key, value[name], number) for name, number in default.items()}
        if isinstance(default, datetime.timedelta):
            return duration(value)
    except (TypeError, ValueError, KeyError) as fault:
        raise _of_another_kind(key) from fault
    # A truth is a whole number to Python.
    if isinstance(default, int) and type(value) is not type(default):
        raise _of_another_kind(key)
    return value


def _of_another_kind(key: str) -> WrongRule:
    return WrongRule(f"PARVIS_RULES : la valeur de « {key} » n’a pas la forme attendue (voir docs/operations.md).")


def _positive(value: Any) -> bool:
    if isinstance(value, bool):
        return True
    if isinstance(value, dict):
        return bool(value) and all(_positive(one) for one in value.values())
    if isinstance(value, tuple):
        return bool(value) and all(_positive(one) for one in value)
    return bool(value > (datetime.timedelta() if isinstance(value, datetime.timedelta) else 0))


# Facts about the machine, not rules: they come from the environment.
_FACTS = {"PARVIS_PROXIES"}


def rules(values: Mapping[str, Any]) -> set[str]:
    """The names of the rules among these settings: numbers, durations, and lists or tables of them."""
    kinds = (int, datetime.timedelta, tuple, dict)
    return {name for name, value in values.items() if name.startswith("PARVIS_") and isinstance(value, kinds)} - _FACTS


# What must hold between them: the left side, the relation, the right side (a setting or a number).
_HOURS_24 = datetime.timedelta(hours=24)
_RELATIONS: tuple[tuple[str, str, Any], ...] = (
    ("PARVIS_PASSWORD_MINIMUM", ">=", 12),
    ("PARVIS_PASSWORD_MINIMUM_ADMINISTRATOR", ">=", "PARVIS_PASSWORD_MINIMUM"),
    ("PARVIS_PASSWORD_MAXIMUM", ">=", 128),
    ("PARVIS_PASSWORD_MINIMUM_ADMINISTRATOR", "<=", "PARVIS_PASSWORD_MAXIMUM"),
    ("PARVIS_IDLE_WARNING", "<", "PARVIS_IDLE_LIMIT"),
    ("PARVIS_IDLE_PRECISION", "<", "PARVIS_IDLE_WARNING"),
    ("PARVIS_IDLE_LIMIT", "<=", "PARVIS_SESSION_LIMIT"),
    ("PARVIS_SESSION_LIMIT", "<=", _HOURS_24),
    ("PARVIS_FRESH_FACTOR", "<=", "PARVIS_SESSION_LIMIT"),
    ("PARVIS_BROWSER_TRUST", "<=", "PARVIS_BROWSER_MEMORY"),
    ("PARVIS_CODE_DIGITS", ">=", 6),
    ("PARVIS_CODE_DIGITS", "<=", 10),
    ("PARVIS_CALL_CODE_DIGITS", ">=", 6),
    ("PARVIS_CALL_CODE_DIGITS", "<=", 10),
    ("PARVIS_CODE_VALIDITY", "<=", datetime.timedelta(minutes=10)),
    ("PARVIS_CODE_RESEND_DELAY", "<", "PARVIS_CODE_VALIDITY"),
    ("PARVIS_CODE_RESEND_DELAY", "<", "PARVIS_CODE_RESEND_WINDOW"),
    ("PARVIS_TOTP_STEPS", "<=", 2),
    ("PARVIS_FAILURES", ">=", 2),
    ("PARVIS_PASSWORD_SCORE", "<=", 4),
    ("PARVIS_ARGON2_MEMORY", ">=", 19_456),
    ("PARVIS_PROVIDERS_STATE_VALIDITY", "<=", datetime.timedelta(minutes=30)),
    ("PARVIS_PROVIDERS_TIMEOUT", "<=", datetime.timedelta(seconds=20)),
    ("PARVIS_PROVIDERS_CLOCK_SKEW", "<=", datetime.timedelta(minutes=5)),
    ("PARVIS_EXPIRY_MONTHLY_WARNING_DAY", "<=", 28),
    ("PARVIS_ABSENCE_LIMIT", ">=", _HOURS_24),
    ("PARVIS_HANDOVER_HORIZON", ">=", _HOURS_24),
    ("PARVIS_TERMS_REMINDER", ">=", _HOURS_24),
    ("PARVIS_DELEGATION_REMINDER", ">=", _HOURS_24),
    ("PARVIS_DELEGATION_REMINDER", "<", "PARVIS_DELEGATION_ANSWER"),
    ("PARVIS_TERMS_REMINDER", "<", "PARVIS_TERMS_GRACE"),
    ("PARVIS_REQUEST_RECALL", "<", "PARVIS_REQUEST_VALIDITY"),
    ("PARVIS_REQUEST_ANSWER_SHOWN", "<=", "PARVIS_REQUEST_KEPT"),
    ("PARVIS_OPENING_WINDOW", ">=", _HOURS_24),
    ("PARVIS_REVIEW_TIME", ">=", datetime.timedelta(days=7)),
    ("PARVIS_OBLIGATION_SOON_DAYS", "<=", 60),
    ("PARVIS_OBLIGATION_LATE_DAYS", "<=", 365),
    ("PARVIS_REVIEW_MONTHS", "<=", "PARVIS_REVIEW_MONTHS_SMALL"),
    ("PARVIS_REVIEW_MONTHS_SMALL", "<=", 24),
    ("PARVIS_REVIEW_LOOK_BACK", ">=", _HOURS_24),
    ("PARVIS_POSTAL_TRIES", "<=", 10),
    ("PARVIS_POSTAL_CODE_LENGTH", ">=", 8),
    ("PARVIS_POSTAL_CODE_LENGTH", "<=", 16),
    ("PARVIS_POSTAL_VALIDITY", "<=", datetime.timedelta(days=90)),
    ("PARVIS_REGISTRATION_DOCUMENTS", "<=", "PARVIS_REGISTRATION_KEPT"),
    ("PARVIS_BELONGING_VALIDITY", "<=", _HOURS_24),
    ("PARVIS_FOLLOW_LINK_VALIDITY", "<=", _HOURS_24),
    ("PARVIS_DELEGATION_YEARS", "<=", 3),
    ("PARVIS_DELEGATION_ANSWER", ">=", _HOURS_24),
    ("PARVIS_DELEGATION_DOCUMENT", "<=", 20_000_000),
    ("PARVIS_RECOVERY_LIMIT", ">=", _HOURS_24),
    ("PARVIS_RECOVERY_LIMIT", "<=", "PARVIS_RECOVERY_CONTESTED"),
    ("PARVIS_RECOVERY_FILES_KEPT", "<=", "PARVIS_RECOVERY_KEPT"),
    ("PARVIS_RECOVERY_OPEN", "<=", "PARVIS_RECOVERY_PER_SIRET"),
    ("PARVIS_FILE_SIZE", "<=", "PARVIS_UPLOAD_LIMIT"),
    ("PARVIS_FILE_PIXELS", "<=", 80_000_000),
    ("PARVIS_FILE_CHECK", ">=", datetime.timedelta(seconds=5)),
    ("PARVIS_FILE_ORPHAN", ">=", datetime.timedelta(hours=1)),
    ("PARVIS_LETTER_ZIP", ">=", "PARVIS_FILE_SIZE"),
    ("PARVIS_LETTER_ZIP", "<=", 500_000_000),
    ("PARVIS_LETTER_CHUNK", "<=", 1_000),
    ("PARVIS_LETTER_RECALL", "<", "PARVIS_LETTER_RECALL_ADMINISTRATORS"),
    ("PARVIS_LETTER_RECALL_ADMINISTRATORS", "<", "PARVIS_LETTER_RECALL_LIMIT"),
    ("PARVIS_EXCHANGES_PAGE", "<=", 200),
    ("PARVIS_EXCHANGE_TEXT", "<=", 20_000),
    ("PARVIS_EXCHANGE_DRAFT_RETENTION", ">=", datetime.timedelta(days=1)),
    ("PARVIS_EXCHANGE_SILENCE", ">=", datetime.timedelta(days=5)),
    ("PARVIS_EXCHANGE_REOPEN", "<=", datetime.timedelta(days=365)),
    ("PARVIS_DOSSIERS_PAGE", "<=", 200),
    ("PARVIS_DOSSIER_DRAFT_RETENTION", ">=", datetime.timedelta(days=30)),
    ("PARVIS_DOSSIER_PIECE_LIMIT", ">=", datetime.timedelta(days=30)),
    ("PARVIS_IMPORT_SIZE", "<=", "PARVIS_UPLOAD_LIMIT"),
    ("PARVIS_IMPORT_SIZE", "<=", "PARVIS_IMPORT_UNPACKED"),
    ("PARVIS_IMPORT_UNPACKED", "<=", 200_000_000),
    ("PARVIS_IMPORT_LINES", "<=", 20_000),
    # Codes are counted over these windows, and a code of a window that is looked at must still be there.
    ("PARVIS_CODE_RETENTION", ">=", _HOURS_24),
    ("PARVIS_RATE_RETENTION", ">=", "PARVIS_RATE_WINDOW"),
    ("PARVIS_RATE_RETENTION", ">=", _HOURS_24),
    ("PARVIS_CLOSED_ACCOUNT_RETENTION", ">=", datetime.timedelta(days=365)),
    ("PARVIS_DATA_EXPORT_VALIDITY", "<=", datetime.timedelta(days=30)),
    ("PARVIS_NOTICE_RETENTION", ">=", datetime.timedelta(days=60)),
    ("PARVIS_DIGEST_HOUR", "<=", 23),
    ("PARVIS_OVERVIEW_PAGE", "<=", 25),
    ("PARVIS_DECLARATION_BATCH", "<=", 10_000),
    ("PARVIS_ANOMALIES_PAGE", "<=", 200),
    ("PARVIS_CORRECTION_TASK", "<", "PARVIS_CORRECTION_RECALL"),
    ("PARVIS_DSN_TRIES", "<=", 20),
    ("PARVIS_DSN_PEOPLE_RETENTION_YEARS", "<=", "PARVIS_DSN_RETENTION_YEARS"),
    ("PARVIS_AGENTS_PAGE", "<=", 200),
    ("PARVIS_AGENT_AHEAD_MONTHS", "<=", 12),
    ("PARVIS_AGENT_DRAFT_RETENTION", ">=", datetime.timedelta(days=1)),
    ("PARVIS_AGENT_FILE_SIZE", "<=", 50_000_000),
    ("PARVIS_AGENT_FILE_LINES", "<=", 100_000),
    ("PARVIS_AGENT_FILE_RETENTION", ">=", datetime.timedelta(hours=1)),
    ("PARVIS_AGENT_RETENTION_YEARS", ">=", 70),
    ("PARVIS_STATEMENT_MONTH", "<=", 12),
    ("PARVIS_PAYMENT_SOON_DAYS", "<=", "PARVIS_DUE_NOTICE_DAYS"),
    ("PARVIS_DUE_NOTICE_DAYS", "<=", 25),
    ("PARVIS_LEDGER_FOLLOWED_DAYS", ">=", 7),
    ("PARVIS_BANK_FILE_LIMIT", "<=", 200_000_000),
    ("PARVIS_RETENTION_BATCH", "<=", 10_000),
    ("PARVIS_RETENTION_WAIT", "<=", datetime.timedelta(seconds=30)),
    ("PARVIS_RETENTION_WAIT", ">=", datetime.timedelta(seconds=1)),
)
_HOLDS = {">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, "<": lambda a, b: a < b}


def check(settings: Any) -> None:
    """Every rule is positive, and they go together. Raises WrongRule with the first that does not."""
    for name in sorted(rules({name: getattr(settings, name) for name in dir(settings) if name.startswith("PARVIS_")})):
        if not _positive(getattr(settings, name)):
            raise WrongRule(f"{name} doit être plus grand que zéro : corrigez ce réglage.")
    for left, relation, right in _RELATIONS:
        value = getattr(settings, right) if isinstance(right, str) else right
        if not _HOLDS[relation](getattr(settings, left), value):
            raise WrongRule(f"{left} doit être {relation} {right} : corrigez ce réglage.")
    if not set(settings.PARVIS_OBLIGATION_REMINDER_DAYS) <= set(settings.PARVIS_OBLIGATION_REMINDER_CHOICES):
        raise WrongRule("PARVIS_OBLIGATION_REMINDER_DAYS : des délais parmi PARVIS_OBLIGATION_REMINDER_CHOICES.")
    if max(settings.PARVIS_REVIEW_REMINDER_DAYS) >= settings.PARVIS_REVIEW_TIME.days:
        raise WrongRule("PARVIS_REVIEW_REMINDER_DAYS : chaque rappel doit suivre l’ouverture de la revue.")
    if settings.PARVIS_REVIEW_TIME.days >= settings.PARVIS_REVIEW_MONTHS * 28:
        raise WrongRule("PARVIS_REVIEW_TIME : une revue doit finir avant la suivante.")
    if max(settings.PARVIS_DEPUTY_WARNING_DAYS) >= settings.PARVIS_DEPUTY_DAYS:
        raise WrongRule("PARVIS_DEPUTY_WARNING_DAYS : chaque avertissement doit précéder PARVIS_DEPUTY_DAYS.")
    locks = settings.PARVIS_LOCKS
    if list(locks) != sorted(set(locks)):
        raise WrongRule("PARVIS_LOCKS : chaque suspension doit être plus longue que la précédente.")
    if max(settings.PARVIS_TELEPHONE_COST.values()) > settings.PARVIS_TELEPHONE_DAILY_CAP:
        raise WrongRule("PARVIS_TELEPHONE_DAILY_CAP ne suffit pas pour un seul code : augmentez-le.")
