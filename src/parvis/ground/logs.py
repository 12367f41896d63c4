"""Logs: everything to the standard error, one event per line, and nothing that names a person.

`key=value` for a reader, JSON with `PARVIS_LOG_FORMAT=json`. Neither query strings nor posted data are ever logged;
what others put into their messages (PostgreSQL quotes the values of a refused row, an address holds a secret link) is
blanked on its way out.
"""

import logging
import logging.config
import os
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# In this order: the detail of a database error, e-mail addresses, secrets in addresses, query strings.
_BLANKED = (
    (re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE), r"\1: …"),
    (re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+"), "…@…"),
    (re.compile(r"(?<=/)[A-Za-z0-9_-]{20,}"), "…"),
    (re.compile(r"(?<=[\w/])\?[\w%.~+-]+=\S*"), "?…"),
)


def blank(text: str) -> str:
    """`text` without what could name a person or open a door."""
    for pattern, instead in _BLANKED:
        text = pattern.sub(instead, text)
    return text


def _blank_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = blank(value)
        elif isinstance(value, BaseException):
            event[key] = blank(f"{type(value).__name__}: {value}")
    return event


def configure(settings: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: `settings` is `{"level": …}`."""
    structured = os.environ.get("PARVIS_LOG_FORMAT") == "json"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if structured
        else structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "logger", "event"], bool_as_flag=False
        )
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "parvis": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        _blank_event,
                        renderer,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "parvis"}},
            "root": {"handlers": ["stderr"], "level": settings.get("level", "INFO")},
            "loggers": {
                # Django's defaults put handlers of their own here (console, mail to administrators).
                "django": {"handlers": [], "level": "INFO", "propagate": True},
                "django.server": {"handlers": [], "level": "INFO", "propagate": True},
                # SQL with its values: never.
                "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": True},
                # Gunicorn warns of the body that Django gives to every HEAD, and drops it.
                "gunicorn.http": {"level": "ERROR"},
                # The address of each request, which may hold the carrier's name of a call.
                "httpx": {"level": "WARNING"},
                "httpcore": {"level": "WARNING"},
                # A line per job started and ended; its arguments are ids.
                "procrastinate": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
