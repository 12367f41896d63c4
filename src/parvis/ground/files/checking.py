"""Whether a file that somebody sent may be kept, and what is kept of it."""

import contextlib
import hashlib
import json
import os
import re
import select
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from parvis.ground.files import clamd
from parvis.ground.tenancy import Refused

log = structlog.get_logger(__name__)

# By their first bytes; what a file is called, and what the browser says of it, counts for nothing.
SIGNATURES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
ENDINGS = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}
TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
# For `<input type="file" accept>`.
ACCEPT = "application/pdf,image/jpeg,image/png"
NAME_LENGTH = 100
# How many files one process looks at before another takes its place: what a reader of files leaves behind ends with it.
_PROCESS_FILES = 2_000
# Of so many files a batch remembers what they were.
_WORDS_KEPT = 2_000

_WORDS = {
    "large": "« {name} » est une image trop grande : envoyez-la en {pixels} millions de points au plus.",
    "unreadable": "« {name} » est abîmé ou incomplet : numérisez à nouveau le document, puis envoyez-le.",
    "encrypted": "« {name} » est protégé par un mot de passe : envoyez-le sans cette protection.",
    "active": "« {name} » contient autre chose que des pages (script, formulaire actif, pièce jointe ou vidéo) : "
    "imprimez-le en PDF, ou numérisez-le, puis envoyez ce nouveau fichier.",
    "polyglot": "« {name} » n’est pas un PDF du début à la fin : imprimez-le en PDF, puis envoyez ce nouveau fichier.",
}


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be kept. `kind`: pdf, jpeg or png; `name` ends accordingly."""

    name: str
    kind: str
    content: bytes

    @property
    def media_type(self) -> str:
        return TYPES[self.kind]


def accepted(upload: UploadedFile, *, field: str) -> Clean:
    """The file as it may be kept: a PDF as it came, an image made anew without its metadata.

    Raises Refused, about `field`, for another type (by content), more than `PARVIS_FILE_SIZE` bytes, an image of more
    points than `PARVIS_FILE_PIXELS`, a PDF that is encrypted, damaged or active, a file that is two things at once,
    one that the configured ClamAV recognises, and any file while that ClamAV does not answer.
    """
    name = _shown(upload.name or "")
    _small_enough(upload.size or 0, name, field)
    upload.seek(0)
    content = upload.read()
    return _looked_at(content, name, field)


def _small_enough(size: int, name: str, field: str) -> None:
    if size > settings.PARVIS_FILE_SIZE:
        limit = settings.PARVIS_FILE_SIZE // 1_000_000
        raise Refused(f"« {name} » dépasse {limit} Mo : choisissez un fichier plus léger.", field=field)


def _refusal(word: str, name: str, field: str) -> Refused:
    words = _WORDS.get(word, _WORDS["unreadable"])
    return Refused(words.format(name=name, pixels=settings.PARVIS_FILE_PIXELS // 1_000_000), field=field)


def _looked_at(content: bytes, name: str, field: str) -> Clean:
    if not content:
        raise Refused(f"« {name} » est vide : choisissez un autre fichier.", field=field)
    kind = next((kind for mark, kind in SIGNATURES.items() if content.startswith(mark)), "")
    if not kind:
        raise Refused(f"« {name} » n’est ni un PDF, ni une image JPEG ou PNG : envoyez l’un des trois.", field=field)
    _scanned(content, name, field)
    refused, made = _inspected(content, kind)
    if refused:
        raise _refusal(refused, name, field)
    return Clean(f"{_stem(name)}.{ENDINGS[kind]}", kind, made or content)


class Batch:
    """Many PDF checked by one process apart, where one process for each would be the whole time.

    Each has its own time; a file that ends the process, or takes too long, is refused, and another process goes on
    with the next. The same file again (one letter to thousands of employers) is looked at once. A context: the process
    ends with it.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._done = 0
        self._heard = b""
        self._words: dict[bytes, str] = {}

    def __enter__(self) -> "Batch":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def accepted(self, sent: Sequence[tuple[str, bytes]], *, field: str) -> list[Clean | Refused]:
        """What may be kept of each (name, content), or why it is refused: as `accepted` says, images too."""
        judged: dict[int, Clean | Refused] = {}
        for number, (name, content) in enumerate(sent):
            try:
                self._first_look(_shown(name), content, field)
            except Refused as refusal:
                judged[number] = refusal
        digests = {
            number: hashlib.sha256(content).digest() for number, (_, content) in enumerate(sent) if number not in judged
        }
        if len(self._words) > _WORDS_KEPT:
            self._words.clear()
        waiting = {digest: number for number, digest in digests.items() if digest not in self._words}
        while waiting:
            for word in self._inspected([sent[number][1] for number in waiting.values()]):
                digest = next(iter(waiting))
                del waiting[digest]
                self._words[digest] = word
        for number, digest in digests.items():
            name, content = _shown(sent[number][0]), sent[number][1]
            word = self._words[digest]
            judged[number] = _refusal(word, name, field) if word else Clean(f"{_stem(name)}.pdf", "pdf", content)
        return [judged[number] for number in range(len(sent))]

    def _first_look(self, name: str, content: bytes, field: str) -> None:
        _small_enough(len(content), name, field)
        if not content:
            raise Refused(f"« {name} » est vide : choisissez un autre fichier.", field=field)
        if not content.startswith(b"%PDF-"):
            raise Refused(f"« {name} » n’est pas un PDF : envoyez ce courrier en PDF.", field=field)
        _scanned(content, name, field)

    def _inspected(self, contents: Sequence[bytes]) -> Iterator[str]:
        """Why each is refused, in order; it ends early, after the file that ended the process."""
        if self._done >= _PROCESS_FILES:
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  (our own file, by its path)
                _command("batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}
            )
            self._done, self._heard = 0, b""
        # Written beside the answers being read: the process never waits for the next file.
        feeding = threading.Thread(target=_feed, args=(self._process, contents), daemon=True)
        feeding.start()
        try:
            for _ in contents:
                self._done += 1
                try:
                    yield str(json.loads(self._line())["refused"])
                except (OSError, ValueError) as fault:
                    log.warning("a file ended its inspection", kind="pdf", reason=type(fault).__name__)
                    self._end()
                    yield "unreadable"
                    return
        finally:
            feeding.join()

    def _line(self) -> bytes:
        """The next answer; b"" once the process is over. Raises TimeoutError where it takes too long."""
        assert self._process is not None and self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while b"\n" not in self._heard:
            if not select.select([pipe], [], [], settings.PARVIS_FILE_CHECK.total_seconds() * 2)[0]:
                raise TimeoutError("the inspection of a file")
            heard = os.read(pipe, 65_536)
            if not heard:
                return b""
            self._heard += heard
        line, _, self._heard = self._heard.partition(b"\n")
        return line

    def _end(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]


def _feed(process: subprocess.Popen[bytes], contents: Sequence[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        for content in contents:
            process.stdin.write(len(content).to_bytes(8, "big") + content)
        process.stdin.flush()


def _command(kind: str) -> list[str]:
    return [
        *(sys.executable, "-I", str(Path(__file__).with_name("inspecting.py")), kind),
        *(str(settings.PARVIS_FILE_PIXELS), str(settings.PARVIS_FILE_SIDE)),
        str(int(settings.PARVIS_FILE_CHECK.total_seconds())),
    ]


def _scanned(content: bytes, name: str, field: str) -> None:
    if not clamd.configured():
        return
    try:
        recognised = clamd.found(content)
    except clamd.Unreachable as fault:
        log.error("clamd does not answer", reason=str(fault))
        raise Refused(
            "Les fichiers ne peuvent pas être vérifiés pour le moment : réessayez dans quelques minutes.", field=field
        ) from fault
    if recognised:
        log.warning("hostile file refused", signature=recognised)
        raise Refused(
            f"« {name} » est reconnu comme dangereux par l’antivirus : il n’a pas été gardé. Prévenez votre service "
            "informatique.",
            field=field,
        )


def _inspected(content: bytes, kind: str) -> tuple[str, bytes]:
    """Why the process apart refuses the file, and what it made of it; b"" where it is kept as it is."""
    try:
        done = subprocess.run(  # noqa: S603  (our own file, by its path; the upload comes on the standard input)
            _command(kind),
            input=content,
            capture_output=True,
            timeout=settings.PARVIS_FILE_CHECK.total_seconds() * 2,
            env={},
            check=True,
        )
        head, _, made = done.stdout.partition(b"\n")
        return str(json.loads(head)["refused"]), made
    except (subprocess.SubprocessError, ValueError) as fault:
        log.warning("a file ended its inspection", kind=kind, reason=type(fault).__name__)
        return "unreadable", b""


def _shown(name: str) -> str:
    """What the file is called, without its folder and what does not show: control and direction characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C" and letter not in '"<>|:*?«»')
    return " ".join(plain.split())[-NAME_LENGTH:] or "fichier"


def _stem(name: str) -> str:
    return (name.rpartition(".")[0] or name).strip(". ")[: NAME_LENGTH - 5] or "fichier"
