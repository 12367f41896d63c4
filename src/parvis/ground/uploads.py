"""Files that people send: held in memory while they are read, `PARVIS_UPLOAD_LIMIT` bytes in all of one request."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest


class LimitedUpload(FileUploadHandler):
    """The one upload handler: a file that is too large is read to its end and thrown away; the rest of the form stays.

    What it holds is of people: it is written nowhere. `too_large(request)` says that a file was thrown away.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        # One handler serves all files of a request, one after the other.
        self.held = getattr(self, "held", 0)
        self.parts: list[bytes] = []
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the chunk, or give the file up."""
        self.size += len(raw_data)
        if self.size + self.held > settings.PARVIS_UPLOAD_LIMIT:
            self.parts = []
            if self.request is not None:
                self.request.upload_too_large = True  # type: ignore[attr-defined]
            raise SkipFile
        self.parts.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The whole file."""
        self.held += file_size
        content = BytesIO(b"".join(self.parts))
        self.parts = []
        return InMemoryUploadedFile(
            file=content,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was thrown away for its size (after its fields were read)."""
    return bool(getattr(request, "upload_too_large", False))
