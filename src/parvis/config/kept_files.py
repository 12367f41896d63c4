"""Where files that people send are kept: the data directory, or the Django storage that `PARVIS_FILES` describes.

A TOML file: `backend`, the storage's class by its Python path, and `[options]`, what it is made with. A value written
"env:NAME" is read in the environment: secrets do not stand in the file.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parvis.config.environment import Fault

DISK = {"BACKEND": "parvis.ground.files.keeping.DiskStorage"}


class WrongStorage(Fault):
    """The file cannot be followed; the message is one French sentence."""


def described(path: str, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The storage as Django's STORAGES wants it; `path` empty: the data directory. Raises WrongStorage."""
    if not path:
        return DISK
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as fault:
        raise WrongStorage(f"Le fichier PARVIS_FILES ne se lit pas ({fault}) : corrigez {path}.") from fault
    backend, options = told.pop("backend", ""), told.pop("options", {})
    if told or not isinstance(backend, str) or "." not in backend or not isinstance(options, dict):
        raise WrongStorage(f"PARVIS_FILES décrit un « backend » et, s’il en faut, des « [options] » : corrigez {path}.")
    return {"BACKEND": backend, "OPTIONS": {name: _value(value, environment) for name, value in options.items()}}


def _value(value: Any, environment: Mapping[str, str]) -> Any:
    if not isinstance(value, str) or not value.startswith("env:"):
        return value
    name = value.removeprefix("env:")
    if not environment.get(name):
        raise WrongStorage(f"PARVIS_FILES nomme la variable {name}, qui est vide : donnez-la.")
    return environment[name]


def check() -> None:
    """That the storage can be made. Raises WrongStorage."""
    from django.core.files.storage import InvalidStorageError, storages

    try:
        storages["kept"]
    except (InvalidStorageError, ImportError, TypeError) as fault:
        raise WrongStorage(f"Le stockage que décrit PARVIS_FILES ne s’ouvre pas : {fault}") from fault
