"""The addresses of named pages. Finding one costs more than drawing the link: the latest found are kept."""

from functools import lru_cache
from typing import Any

from django.core.signals import setting_changed
from django.urls import reverse


@lru_cache(maxsize=4096)
def address(name: str, *arguments: Any) -> str:
    """As `reverse`, for arguments by place; the site stands at the root of its host."""
    return reverse(name, args=arguments)


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "ROOT_URLCONF":
        address.cache_clear()


setting_changed.connect(_forget)
