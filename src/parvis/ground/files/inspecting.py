"""What a file that somebody sent is, looked at in a process of its own: `python inspecting.py KIND < file`.

KIND `batch`: many PDF, each after its length in eight bytes, each answered with a line before the next one is read.

A decoder of images or PDF reads bytes that a stranger chose, so it runs apart: without our environment, keys or
database, within a memory and a time. Nothing of Parvis is imported here. The answer is one line of JSON
(`{"refused": "…"}` or `{"refused": ""}`), then the image made anew where it was one.

PDF are read with pypdf: in Python alone (no native code meets the file), known to the tests already, and it shows what
object streams hold. It is not the only reader: names are also looked for in the raw bytes, since a viewer may find
objects where pypdf does not.
"""

import contextlib
import io
import json
import re
import resource
import sys
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

MEMORY = 1_500_000_000  # bytes of address space: an image of the largest allowed size, three times over
# An image may be fewer bytes than it is points: what it unfolds to is known from its head, before it is decoded.
FORMATS = {"jpeg": "JPEG", "png": "PNG"}

# In a dictionary, whatever it is of: what runs, opens or carries something else than pages.
ACTIVE_KEYS = {"/AA", "/JS", "/JavaScript", "/XFA", "/EF", "/EmbeddedFiles", "/RichMediaContent", "/RichMediaSettings"}
ACTIVE_ACTIONS = {
    *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/GoTo3DView", "/Rendition"),
    *("/Movie", "/Sound", "/RichMediaExecute", "/SetOCGState", "/Hide", "/ResetForm"),
}
ACTIVE_SUBTYPES = {"/RichMedia", "/FileAttachment", "/Movie", "/Screen", "/Sound", "/3D"}
# Wherever they stand in the file. The short ones are not looked for inside streams, where chance writes them.
RAW_NAMES = {b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"SubmitForm", b"ImportData"}
RAW_SHORT = {b"JS", b"AA", b"XFA", b"EF", b"GoToR", b"GoToE", *RAW_NAMES}
NAME = re.compile(rb"/([^\x00-\x20()<>\[\]{}/%]+)")
STREAM = re.compile(rb"stream\r?\n")
UNFOLDED = 50_000_000  # bytes of one object stream
DEEP = 200  # levels of arrays and dictionaries in one object


class Wrong(Exception):
    """Why the file is refused: a word that `checking.py` says in French."""


def image(content: bytes, kind: str, *, pixels: int, side: int) -> bytes:
    """The picture itself, made anew: no metadata, no second frame, nothing after its end."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=[FORMATS[kind]]) as opened:
                if opened.width * opened.height > pixels or max(opened.size) > side:
                    raise Wrong("large")
                # Turned as the camera says, since what says it is not kept.
                upright = ImageOps.exif_transpose(opened)
                flat = upright.convert("RGBA" if _transparent(upright) else "L" if upright.mode in "1L" else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise Wrong("large") from fault
    except (OSError, SyntaxError, ValueError, EOFError, Warning, zlib.error) as fault:
        raise Wrong("unreadable") from fault
    made = io.BytesIO()
    if kind == "jpeg":
        flat.convert("L" if flat.mode == "L" else "RGB").save(made, "JPEG", quality=88)
    else:
        flat.save(made, "PNG")
    return made.getvalue()


def _transparent(picture: Any) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def document(content: bytes) -> None:
    """Raises Wrong for a PDF that is encrypted, damaged, active, or something else at the same time."""
    _one_thing_only(content)
    _raw_names(content)
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Wrong("encrypted")
        if not len(reader.pages):
            raise Wrong("unreadable")
        for found in _objects(reader):
            _walk(found, 0)
    except Wrong:
        raise
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError) as fault:
        raise Wrong("unreadable") from fault


def _objects(reader: Any) -> Iterator[Any]:
    """Every object that the file's tables name, those within object streams too, and the trailer."""
    from pypdf.generic import IndirectObject

    yield reader.trailer
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    for number, generation in sorted(numbers):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _walk(value: Any, depth: int) -> None:
    """Look at one object and what stands directly in it; what it refers to is looked at on its own."""
    from pypdf.generic import ArrayObject, DictionaryObject

    if depth > DEEP:
        raise Wrong("unreadable")
    if isinstance(value, DictionaryObject):
        _dictionary(value)
        for key in value:
            _walk(value.raw_get(key), depth + 1)
    elif isinstance(value, ArrayObject):
        for one in list.__iter__(value):
            _walk(one, depth + 1)


def _dictionary(value: Any) -> None:
    keys = set(value)
    if keys & ACTIVE_KEYS:
        raise Wrong("active")
    if _name(value, "/S") in ACTIVE_ACTIONS or _name(value, "/Subtype") in ACTIVE_SUBTYPES:
        raise Wrong("active")
    if _name(value, "/Type") == "/EmbeddedFile":
        raise Wrong("active")
    if "/OpenAction" in keys and not _goes_to_a_page(value["/OpenAction"]):
        raise Wrong("active")


def _goes_to_a_page(action: Any) -> bool:
    """Whether opening the file only shows one of its pages: LibreOffice writes that into every PDF."""
    if hasattr(action, "get_object"):
        action = action.get_object()
    return not isinstance(action, dict) or (_name(action, "/S") == "/GoTo" and "/Next" not in action)


def _name(value: Any, key: str) -> str:
    found = value.get(key)
    if hasattr(found, "get_object"):
        found = found.get_object()
    return found if isinstance(found, str) else ""


def _one_thing_only(content: bytes) -> None:
    """A PDF from its first byte to its last: no page of a browser before, no archive after."""
    import zipfile

    if not re.match(rb"%PDF-[12]\.\d", content):
        raise Wrong("polyglot")
    head = content[:1024].lower()
    if any(mark in head for mark in (b"<script", b"<html", b"<svg", b"<?php", b"<!doctype")):
        raise Wrong("polyglot")
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Wrong("unreadable")
    if content[end + 5 :].strip(b"\x00\t\n\x0c\r "):
        raise Wrong("polyglot")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Wrong("polyglot")


def _plain(name: bytes) -> bytes:
    """A name without its escapes: « /J#61vaScript » is « /JavaScript »."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found.group(1), 16)]), name)


def _names(content: bytes) -> set[bytes]:
    return {_plain(name) for name in set(NAME.findall(content))}


def _without_streams(content: bytes) -> bytes:
    """All but what stands between `stream` and the next `endstream`; a stream without an end stays."""
    kept, done = [], 0
    while found := STREAM.search(content, done):
        end = content.find(b"endstream", found.end())
        if end < 0:
            break
        kept.append(content[done : found.start()])
        done = end + len(b"endstream")
    return b" ".join([*kept, content[done:]])


def _raw_names(content: bytes) -> None:
    if RAW_NAMES & _names(content):
        raise Wrong("active")
    if RAW_SHORT & _names(_without_streams(content)):
        raise Wrong("active")
    for found in re.finditer(rb"/ObjStm\b", content):
        # The stream of an object stream, also one that no table names any more.
        begins = re.compile(rb"stream\r?\n").search(content, found.end(), found.end() + 2_000)
        if begins:
            _unfolded(content[begins.end() :])


def _unfolded(packed: bytes) -> None:
    with contextlib.suppress(zlib.error):
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(packed, UNFOLDED)
        if unpacking.unconsumed_tail:
            raise Wrong("large")
        if RAW_SHORT & _names(text):
            raise Wrong("active")


def _limited(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _looked_at(content: bytes, kind: str, pixels: int, side: int) -> tuple[str, bytes]:
    """Why it is refused ("" where it is not), and the image made anew."""
    try:
        if kind == "pdf":
            document(content)
            return "", b""
        return "", image(content, kind, pixels=pixels, side=side)
    except Wrong as fault:
        return str(fault), b""
    except MemoryError:
        return "large", b""


def _batch(seconds: int) -> None:
    while len(head := sys.stdin.buffer.read(8)) == 8:
        # What was used so far is counted: each file has its own seconds.
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(
            resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, resource.RLIM_INFINITY)
        )
        refused, _ = _looked_at(sys.stdin.buffer.read(int.from_bytes(head, "big")), "pdf", 0, 0)
        sys.stdout.buffer.write(json.dumps({"refused": refused}).encode() + b"\n")
        sys.stdout.buffer.flush()


def main(words: list[str]) -> None:
    """`KIND PIXELS SIDE SECONDS`; reads the file from the standard input."""
    kind, pixels, side, seconds = words[0], int(words[1]), int(words[2]), int(words[3])
    _limited(seconds)
    if kind == "batch":
        _batch(seconds)
        return
    refused, made = _looked_at(sys.stdin.buffer.read(), kind, pixels, side)
    sys.stdout.buffer.write(json.dumps({"refused": refused}).encode() + b"\n" + made)


if __name__ == "__main__":
    main(sys.argv[1:])
