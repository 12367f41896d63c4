"""What tells a person of their second factors: a code by SMS or voice, and an e-mail for every change."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from parvis.ground.pages.filters import duration
from parvis.identity.factors.changes import PASSKEY, PHONE, RECOVERY, TOTP
from parvis.identity.factors.telephone import KIND, draw
from parvis.identity.models import Email, Person, RecoveryCode
from parvis.post.models import Message
from parvis.post.registry import Envelope, Letter, envelope, register
from parvis.post.telephone import Call, Channel

_NAMES = {
    TOTP: "une application de codes",
    PASSKEY: "une clé d’accès",
    PHONE: "un téléphone",
}
# What was done, as the subject says it and as the text does.
_DONE = {
    "added": ("un second facteur a été ajouté", "{name} a été ajouté à vos seconds facteurs"),
    "replaced": ("un second facteur a été remplacé", "{name} a été remplacé parmi vos seconds facteurs"),
    "renamed": ("une clé d’accès a été renommée", "{name} a été renommé parmi vos seconds facteurs"),
    "removed": ("un second facteur a été retiré", "{name} a été retiré de vos seconds facteurs"),
}


def code(message: Message) -> Call | None:
    """The digits, drawn now: first in an SMS so that phones offer them; one by one and twice in a call."""
    drawn = draw(message.object_id)
    if drawn is None:
        return None
    wanted, digits = drawn
    channel = Channel(wanted.channel)
    if channel is Channel.SMS:
        host = urlsplit(settings.PARVIS_ADDRESS).hostname or ""
        # Plain letters: a typographic sign would make two SMS of one. The last line lets browsers fill the field.
        text = (
            f"{digits} est votre code Parvis, valable {duration(settings.PARVIS_CODE_VALIDITY)}. "
            f"Ne le donnez à personne.\n\n@{host} #{digits}"
        ).replace("\u00a0", " ")
    else:
        spoken = ", ".join(digits)
        # At a switchboard, whoever answers learns first for whom it is.
        desk = f" Ce message est pour le poste {', '.join(wanted.extension)}." if wanted.extension else ""
        text = f"Bonjour.{desk} Voici votre code Parvis : {spoken}. Je répète : {spoken}. Ne le donnez à personne."
    return Call(number=wanted.number, channel=channel, text=text, extension=wanted.extension)


def factor(message: Message) -> Envelope | None:
    """To each verified address, after every change and each recovery code that served."""
    email = Email.objects.filter(pk=message.object_id, verified_at__isnull=False).first()
    person = Person.objects.filter(pk=message.person_id or 0).first()
    if email is None or person is None:
        return None
    done, kind = message.detail["done"], message.detail["kind"]
    left = 0
    if kind == RECOVERY:
        subject = "un code de secours a servi" if done == "used" else "des codes de secours ont été affichés"
        left = RecoveryCode.objects.filter(person_id=person.pk, used_at=None).count()
        happened = (
            "un de vos codes de secours a servi à vous connecter"
            if done == "used"
            else "des codes de secours ont été affichés ; ceux d’avant, s’il y en avait, ne servent plus"
        )
    else:
        subject, sentence = _DONE[done]
        happened = _agreed(sentence.format(name=_NAMES[kind]), kind)
    return envelope(
        email.address,
        f"Parvis : {subject}",
        "identity/emails/factor",
        {
            "name": f"{person.first_name} {person.last_name}",
            "happened": happened,
            "at": message.queued_at,
            "browser": message.detail["browser"],
            "left": left if done == "used" else None,
            "address": settings.PARVIS_ADDRESS + reverse("identity:forgotten"),
        },
    )


def _agreed(sentence: str, kind: str) -> str:
    """« une clé d’accès a été ajoutée », « un téléphone a été ajouté »."""
    if kind == PHONE:
        return sentence
    for word in ("ajouté", "remplacé", "renommé", "retiré"):
        sentence = sentence.replace(f"été {word} ", f"été {word}e ")
    return sentence


register(
    Letter(
        KIND,
        "Code demandé, pour se connecter ou confirmer un téléphone",
        "le téléphone de la personne (SMS ou appel)",
        duration(settings.PARVIS_CODE_VALIDITY),
        code,
        expires_after=settings.PARVIS_CODE_VALIDITY,
    ),
    Letter(
        "identity.factor",
        "Second facteur ajouté, remplacé, renommé ou retiré ; codes de secours affichés, code de secours utilisé",
        "la personne",
        "",
        factor,
    ),
)
