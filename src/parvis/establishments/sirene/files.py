"""Opening INSEE's files as they come (.csv, .zip, .gz), and what is read of a line."""

import contextlib
import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from parvis.establishments.lines import Rejected

BUFFER = 1 << 20
_ENDS = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """One of the files of a run."""

    path: Path

    def fingerprint(self) -> dict[str, str | int]:
        """What tells this file from another: name, size, and a digest of its two ends. Raises OSError."""
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            digest = hashlib.sha256(file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS))
        return {"name": self.path.name, "size": size, "digest": digest.hexdigest()}

    @contextlib.contextmanager
    def opened(self) -> Iterator[io.BufferedReader]:
        """The CSV inside. Raises Rejected for an archive that is none, holds several files, or ends too soon."""
        try:
            with contextlib.ExitStack() as stack:
                yield io.BufferedReader(self._raw(stack), BUFFER)  # type: ignore[arg-type]
        except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as fault:
            raise Rejected(
                [f"{self.path.name} est abîmé ou incomplet ({fault}) : téléchargez-le de nouveau."]
            ) from fault

    def _raw(self, stack: contextlib.ExitStack) -> BinaryIO:
        if self.path.suffix == ".zip":
            archive = stack.enter_context(zipfile.ZipFile(self.path))
            inside = [name for name in archive.namelist() if name.endswith(".csv")]
            if len(inside) != 1:
                raise Rejected([f"{self.path.name} contient {len(inside)} fichiers CSV : un seul est attendu."])
            return stack.enter_context(archive.open(inside[0]))  # type: ignore[return-value]
        file = stack.enter_context(self.path.open("rb", buffering=0))
        return stack.enter_context(gzip.GzipFile(fileobj=file)) if self.path.suffix == ".gz" else file  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the wanted columns stand, and how many there are."""

    positions: tuple[int, ...]
    count: int

    @classmethod
    def of(cls, first: bytes, wanted: Sequence[str], name: str) -> "Columns":
        """From the header. Raises Rejected with what is missing."""
        try:
            names = next(csv.reader([first.decode("utf-8-sig")]), [])
        except (UnicodeDecodeError, csv.Error) as fault:
            raise Rejected([f"{name} n’est pas un fichier CSV de l’Insee, en UTF-8."]) from fault
        missing = [column for column in wanted if column not in names]
        if missing:
            many = "les colonnes" if len(missing) > 1 else "la colonne"
            raise Rejected([f"{name} : il manque {many} {', '.join(missing)} en première ligne."])
        return cls(tuple(names.index(column) for column in wanted), len(names))

    def values(self, line: bytes) -> list[str]:
        """The wanted values of a line. Raises ValueError with what is wrong (French)."""
        try:
            text = line.decode().rstrip("\r\n")
        except UnicodeDecodeError as fault:
            raise ValueError("elle n’est pas en UTF-8.") from fault
        if '"' in text:
            try:
                found = next(csv.reader([text], strict=True))
            except csv.Error as fault:
                raise ValueError("un guillemet n’est pas refermé, ou est mal placé.") from fault
        else:
            found = text.split(",")
        if len(found) != self.count:
            raise ValueError(f"{len(found)} colonne{'s' if len(found) > 1 else ''} au lieu de {self.count}.")
        return [found[position] for position in self.positions]
