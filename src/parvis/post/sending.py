"""Handing an e-mail to the SMTP server, and telling a failure for good from one that will pass."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from parvis.post.faults import Undeliverable, Unreachable
from parvis.post.registry import Envelope


def deliver(envelope: Envelope) -> None:
    """Send one e-mail. Raises Undeliverable (5xx, malformed address) or Unreachable (4xx, network, time-out).

    A server that refuses us before it knows of any message (at its greeting, at sign-in) is a matter of settings, which
    somebody will mend: the messages wait.
    """
    mail = EmailMultiAlternatives(
        subject=envelope.subject,
        body=envelope.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[envelope.to],
        headers={"Auto-Submitted": "auto-generated", **dict(envelope.headers)},
    )
    mail.attach_alternative(envelope.html, "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        _refused(max(codes, default=550), "Le serveur du destinataire refuse cette adresse.")
    except smtplib.SMTPSenderRefused as refusal:
        _refused(refusal.smtp_code, "Le serveur de messagerie refuse l’adresse d’expédition de la plateforme.")
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError) as refusal:
        raise Unreachable(str(refusal.smtp_code)) from None
    except smtplib.SMTPResponseException as refusal:
        _refused(refusal.smtp_code, "Le serveur de messagerie refuse ce message.")
    except (UnicodeError, ValueError) as fault:
        raise Undeliverable("Cette adresse électronique ne peut pas recevoir de courriel.") from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise Unreachable(type(fault).__name__) from fault


def _refused(code: int, why: str) -> None:
    if 500 <= code < 600:
        raise Undeliverable(why)
    raise Unreachable(str(code))
