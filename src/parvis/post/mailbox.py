"""The demo's mailbox: e-mails become files that `/demo/courriels` shows. Only where no SMTP server is given."""

import os
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from parvis.ground import clock


class MailboxBackend(BaseEmailBackend):
    """Writes each e-mail as one `.eml` file, named by its instant so that names sort by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.PARVIS_MAILBOX
        if folder is None:
            raise RuntimeError("No mailbox: this is not the demo.")
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
            (folder / f"{name}.new").write_bytes(message.message().as_bytes())
            os.replace(folder / f"{name}.new", folder / f"{name}.eml")
        return len(email_messages)
