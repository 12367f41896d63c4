"""The addresses of named pages. Finding one costs more than drawing the link: the latest found are kept."""

from functools import lru_cache
from typing import Any

from django.core.signals import setting_changed
from django.urls import get_script_prefix, reverse


@lru_cache(maxsize=4096)
def _found(prefix: str, name: str, arguments: tuple[Any, ...]) -> str:
    return reverse(name, args=arguments)


def address(name: str, *arguments: Any) -> str:
    """As `reverse`, for arguments by place."""
    return _found(get_script_prefix(), name, arguments)


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "ROOT_URLCONF":
        _found.cache_clear()


setting_changed.connect(_forget)
