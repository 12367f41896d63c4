"""The agreement (« convention »): a PDF that the two sides read, and nobody else."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from parvis.ground.identifiers.text import clean
from parvis.ground.tenancy import Refused

NO_PDF = "Ce fichier n’est pas un PDF : enregistrez la convention en PDF, puis choisissez-la de nouveau."


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF that was checked."""

    name: str
    content: bytes


def checked(upload: UploadedFile) -> Document:
    """The file that was sent, if it is a whole PDF that is not too large. Raises Refused.

    A PDF begins with `%PDF-` within its first kilobyte and ends with a table's address and `%%EOF` (ISO 32000-2, 7.5):
    so a file of another kind, or one cut short on its way, is refused.
    """
    limit = settings.PARVIS_DELEGATION_DOCUMENT
    if upload.size is None or upload.size > limit:
        raise Refused(
            f"Ce fichier dépasse {limit // 1_000_000} Mo : choisissez un PDF plus léger, par exemple un scan en noir "
            "et blanc.",
            field="document",
        )
    content = upload.read()
    head, tail = content[:1024], content[-2048:]
    if b"%PDF-" not in head or b"startxref" not in tail or b"%%EOF" not in tail:
        raise Refused(NO_PDF, field="document")
    stem = clean(PurePosixPath((upload.name or "").replace("\\", "/")).stem)[:150]
    return Document(f"{stem or 'convention'}.pdf", content)
