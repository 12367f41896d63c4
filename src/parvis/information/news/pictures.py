"""The picture of an item: checked and made anew like any file that somebody sends, then in the widths of a page."""

import hashlib
import io

from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from parvis.ground import files
from parvis.ground.tenancy import Refused
from parvis.information.models import News, NewsPicture

PURPOSE = "news"
WIDTHS = (480, 960, 1440)
QUALITY = 80


def kept_files() -> set[str]:
    """Every file that a row knows (asked as the owner)."""
    return set(NewsPicture.objects.values_list("key", flat=True))


def checked(upload: UploadedFile, *, field: str) -> bytes:
    """The picture as it may be kept. Raises Refused, about `field`: see `ground.files.accepted`; no PDF here."""
    clean = files.accepted(upload, field=field)
    if clean.kind == "pdf":
        raise Refused("Choisissez une image JPEG ou PNG.", field=field)
    with Image.open(io.BytesIO(clean.content)) as opened:
        if opened.width < WIDTHS[0]:
            raise Refused(
                f"Choisissez une image d’au moins {WIDTHS[0]} points de large : celle-ci en a {opened.width}.",
                field=field,
            )
    return clean.content


def replace(news: News, content: bytes | None) -> None:
    """Keep the picture in each width that it has, in place of the one before; None: no picture any more."""
    for old in NewsPicture.objects.filter(news=news):
        files.erase(old.key)
        old.delete()
    if content is None:
        return
    with Image.open(io.BytesIO(content)) as opened:
        whole = opened.convert("RGB")
    for width in [one for one in WIDTHS if one <= whole.width]:
        height = max(1, round(whole.height * width / whole.width))
        made = io.BytesIO()
        whole.resize((width, height), Image.Resampling.LANCZOS).save(made, "WEBP", quality=QUALITY, method=4)
        body = made.getvalue()
        NewsPicture.objects.create(
            news=news,
            width=width,
            height=height,
            key=files.keep(body, PURPOSE),
            digest=hashlib.sha256(body).hexdigest()[:40],
        )
