"""Files as people send them, good and hostile, made here: nothing hostile is kept in the repository."""

import io
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

# What the tests' only signature recognises (tests/ground/files/conftest.py); no real virus, not even EICAR's.
KNOWN_TO_CLAMAV = b"Parvis: this text stands in for a virus in the tests."


def upload(content: bytes, name: str = "délibération.pdf", kind: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def pdf(writer: PdfWriter | None = None) -> bytes:
    """A PDF of one page, or what was put into `writer`."""
    if writer is None:
        writer = PdfWriter()
        writer.add_blank_page(200, 200)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (180, 40, 40)).save(written, kind, **options)
    return written.getvalue()


def raw_pdf(*objects: bytes, root: bytes = b"", header: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF written by hand: a catalogue with `root` in it, one page, and these objects from number 4 on."""
    body = [
        b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    ]
    written, offsets = header, []
    for number, content in enumerate(body, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(body) + 1, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % (len(body) + 1) + table + end


def in_an_object_stream(inner: bytes) -> bytes:
    """A PDF of the 1.5 kind, whose catalogue and `inner` (object 4) stand compressed in an object stream."""
    catalogue = b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>"
    parts, head, at = [catalogue, inner], b"", 0
    for number, part in zip((1, 4), parts, strict=True):
        head += b"%d %d " % (number, at)
        at += len(part) + 1
    packed = zlib.compress(head + b" ".join(parts))
    written, offsets = b"%PDF-1.5\n", {}
    for number, content in (
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"),
        (
            5,
            b"<< /Type /ObjStm /N 2 /First %d /Length %d /Filter /FlateDecode >>\nstream\n" % (len(head), len(packed))
            + packed
            + b"\nendstream",
        ),
    ):
        offsets[number] = len(written)
        written += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    offsets[6] = len(written)
    rows = [(0, 0, 255), (2, 5, 0), (1, offsets[2], 0), (1, offsets[3], 0), (2, 5, 1), (1, offsets[5], 0)]
    rows.append((1, offsets[6], 0))
    table = b"".join(bytes([kind]) + where.to_bytes(4, "big") + bytes([more]) for kind, where, more in rows)
    written += b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n" % len(table)
    return written + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % offsets[6]


def encrypted() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    return pdf(writer)


def with_attachment() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("facture.exe", b"MZ")
    return pdf(writer)


def with_xfa() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})
    return pdf(writer)


def also_an_archive() -> bytes:
    """A PDF that unzips."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("macro.vbs", "MsgBox")
    return pdf() + packed.getvalue()


def archive_within() -> bytes:
    """A PDF that unzips too, though it ends as a PDF does: the archive's comment holds that end."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("macro.vbs", "MsgBox")
        archive.comment = b"\n%%EOF\n"
    return raw_pdf()[: -len(b"%%EOF\n")] + packed.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it is 900 million points."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    chunks = b""
    for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")):
        crc = zlib.crc32(name + content).to_bytes(4, "big")
        chunks += len(content).to_bytes(4, "big") + name + content + crc
    return b"\x89PNG\r\n\x1a\n" + chunks
