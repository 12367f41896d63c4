"""What is kept of a file, and every kind of file that is refused."""

import io
from typing import Any

import pytest
from PIL import Image

from parvis.ground.files import accepted
from parvis.ground.tenancy import Refused
from tests.ground.files import made
from tests.ground.files.made import upload


def refused(content: bytes, name: str = "pièce.pdf") -> str:
    with pytest.raises(Refused) as why:
        accepted(upload(content, name), field="files")
    assert why.value.field == "files"
    return why.value.message


def test_a_plain_pdf_is_kept_as_it_came() -> None:
    for content in (made.pdf(), made.raw_pdf(root=b"/OpenAction [3 0 R /XYZ null null 0]")):
        clean = accepted(upload(content, "Délibération du 3 mai.PDF"), field="files")
        assert (clean.name, clean.kind, clean.content) == ("Délibération du 3 mai.pdf", "pdf", content)


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png")])
def test_an_image_is_made_anew_without_what_it_tells_besides(kind: str, ending: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at 12 rue des Lilas"
    content = made.picture(kind, exif=exif) + b"<?php system($_GET['c']); ?>"
    clean = accepted(upload(content, "arrêté.jpeg", "image/jpeg"), field="files")
    assert clean.name == f"arrêté.{ending}"
    assert b"Lilas" not in clean.content and b"<?php" not in clean.content
    with Image.open(io.BytesIO(clean.content)) as again:
        assert (again.format, again.size, dict(again.getexif())) == (kind, (60, 40), {})


def test_a_photograph_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = accepted(upload(made.picture(exif=exif), "photo.jpg"), field="files")
    assert Image.open(io.BytesIO(clean.content)).size == (40, 60)


def test_the_type_is_what_the_content_says() -> None:
    assert accepted(upload(made.picture("PNG"), "arrêté.pdf", "application/pdf"), field="f").name == "arrêté.png"
    for content in (b"MZ\x90\x00", b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
        assert "ni un PDF, ni une image" in refused(content, "arrêté.pdf")
    assert "ni un PDF, ni une image" in refused(made.picture("GIF"), "arrêté.png")
    assert "est vide" in refused(b"")


def test_names_lose_what_does_not_show_and_their_folder() -> None:
    name = "C:\\dossiers\\arre\u0302te\u0301\u202egpj.exe\u0000"
    clean = accepted(upload(made.pdf(), name), field="f")
    assert clean.name == "arrêtégpj.pdf"


JAVASCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
ACTIVE = {
    "JavaScript on opening": made.raw_pdf(JAVASCRIPT, root=b"/OpenAction 4 0 R"),
    "its name in escapes": made.raw_pdf(b"<< /S /J#61va#53cript /J#53 (1) >>", root=b"/OpenAction 4 0 R"),
    "JavaScript nobody refers to": made.raw_pdf(JAVASCRIPT),
    "in an object stream": made.in_an_object_stream(JAVASCRIPT),
    "an address on opening": made.raw_pdf(root=b"/OpenAction << /S /URI /URI (https://example.test) >>"),
    "an address after the page on opening": made.raw_pdf(
        root=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << /S /URI /URI (https://example.test) >> >>"
    ),
    "the same, in an object stream": made.in_an_object_stream(b"<< /S /URI /URI (https://example.test) >>"),
    "something on every page": made.raw_pdf(b"<< /AA << /O << /S /Named /N /Print >> >> >>"),
    "a program": made.raw_pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "a form that sends": made.raw_pdf(b"<< /S /SubmitForm /F (https://example.test) >>"),
    "an attachment": made.with_attachment(),
    "a form of XFA": made.with_xfa(),
    "a video": made.raw_pdf(b"<< /Type /Annot /Subtype /RichMedia /RichMediaContent << >> >>"),
    "another file": made.raw_pdf(b"<< /S /GoToR /F (other.pdf) /D [0 /Fit] >>"),
    "hidden by a comment": made.raw_pdf(b"<< >>\n% stream\n" + JAVASCRIPT + b"\n% endstream"),
    "deep in an object": made.raw_pdf(b"[[[<< /A " + JAVASCRIPT + b" >>]]]"),
}


@pytest.mark.parametrize("content", ACTIVE.values(), ids=ACTIVE.keys())
def test_a_pdf_that_does_something_is_refused(content: bytes) -> None:
    assert "contient autre chose que des pages" in refused(content)


def test_a_pdf_replaced_by_a_later_one_in_the_same_file_still_counts() -> None:
    first = made.raw_pdf(b"<< >>", JAVASCRIPT)
    later = b"4 0 obj\n<< /Nothing true >>\nendobj\n"
    table = b"xref\n4 1\n%010d 00000 n \n" % len(first)
    trailer = b"trailer\n<< /Size 6 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    grown = first + later + table + trailer % (first.rindex(b"xref\n0"), len(first) + len(later))
    assert "contient autre chose que des pages" in refused(grown)


@pytest.mark.parametrize(
    "content",
    [
        b"\n\n" + made.pdf(),
        made.raw_pdf(header=b"%PDF-1.7\n%<script>alert(1)</script>\n"),
        made.also_an_archive(),
        made.archive_within(),
        made.pdf() + b"\nMZ\x90",
    ],
    ids=["before", "a page of a browser", "an archive after", "an archive within", "a program after"],
)
def test_a_file_that_is_two_things_is_refused(content: bytes) -> None:
    message = refused(content)
    assert "du début à la fin" in message or "ni un PDF" in message


def test_an_encrypted_a_damaged_and_a_cut_pdf_are_refused() -> None:
    assert "mot de passe" in refused(made.encrypted())
    assert "abîmé" in refused(b"%PDF-1.7\n nothing at all %%EOF")
    assert "abîmé" in refused(made.pdf()[:-20])


def test_what_unfolds_is_refused_before_it_unfolds() -> None:
    assert "trop grande" in refused(made.bomb(), "scan.png")
    assert "trop grande" in refused(made.bomb(20_000, 10), "scan.png")
    assert "abîmé" in refused(made.bomb(200, 100), "scan.png")


def test_an_object_stream_that_unfolds_without_end_is_refused() -> None:
    assert refused(made.in_an_object_stream(b"<< /A (" + b" " * 60_000_000 + b") >>"))


def test_a_cut_image_is_refused() -> None:
    assert "abîmé" in refused(made.picture(size=(900, 900))[:2_000], "photo.jpg")


def test_a_file_over_the_limit_is_refused(settings: Any) -> None:
    settings.PARVIS_FILE_SIZE = 2_000_000
    assert "dépasse 2 Mo" in refused(made.pdf() + b" " * 2_000_000)


def test_a_file_that_breaks_its_reader_is_refused_and_breaks_nothing_else(settings: Any) -> None:
    deep = made.raw_pdf(b"[" * 50_000 + b"]" * 50_000)
    assert "abîmé" in refused(deep)
