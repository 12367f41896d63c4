"""Passkeys (WebAuthn): discoverable, user verification required, no attestation asked.

A challenge is drawn when the button is pressed, kept in the session, good for one answer within
`PARVIS_PASSKEY_CHALLENGE`. The browser's JSON is parsed by python-fido2; whatever it cannot read is a refusal.
"""

import datetime
import ipaddress
import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from parvis.ground import clock, tenancy
from parvis.identity.factors.changes import PASSKEY, changed, own
from parvis.identity.models import Passkey, Person
from parvis.journal.actions import Actor, record

# It writes the name of each passkey that is used.
logging.getLogger("fido2").setLevel(logging.WARNING)

_SESSION = "passkey"
CREATE, GET = "create", "get"


class Unusable(Exception):
    """What the browser sent is no good answer to our challenge; nothing was kept."""


class NotAsked(Unusable):
    """Nothing was asked of this browser, or too long ago."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys are bound: the domain (« rp id ») and the origin that the browser must state."""

    domain: str
    origin: str

    @property
    def server(self) -> Fido2Server:
        """python-fido2's part: what is asked, and what an answer must be."""
        return Fido2Server(
            PublicKeyCredentialRpEntity(name="Parvis", id=self.domain),
            attestation=AttestationConveyancePreference.NONE,
            verify_origin=lambda origin: origin == self.origin,
        )


def place(request: HttpRequest) -> Place | None:
    """Ours, from `PARVIS_ADDRESS`; None where browsers know no passkey: at an IP address, or without https.

    The demo alone goes by the address that was opened, so that it has passkeys at http://localhost.
    """
    address = f"{request.scheme}://{request.get_host()}" if settings.DEMO else settings.PARVIS_ADDRESS
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
        return None
    except ValueError:
        pass
    if parts.scheme != "https" and host != "localhost":
        return None
    return Place(host, f"{parts.scheme}://{parts.netloc}")


# --- The challenge ---------------------------------------------------------------------------------------------------
def _ask(request: HttpRequest, state: Any, what: str, person_id: int) -> None:
    request.session[_SESSION] = {
        "state": {"challenge": state["challenge"], "user_verification": UserVerificationRequirement.REQUIRED.value},
        "what": what,
        "person": person_id,
        "at": clock.now().timestamp(),
    }


def _asked(request: HttpRequest, what: str, person_id: int) -> Any:
    """The state of the challenge, used up by looking at it."""
    held = request.session.pop(_SESSION, None)
    if held is None or held["what"] != what or held["person"] != person_id:
        raise NotAsked("nothing was asked")
    at = datetime.datetime.fromtimestamp(held["at"], datetime.UTC)
    if not at <= clock.now() < at + settings.PARVIS_PASSKEY_CHALLENGE:
        raise NotAsked("asked too long ago")
    return held["state"]


def _descriptors(person_id: int) -> list[PublicKeyCredentialDescriptor]:
    with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
        held = Passkey.objects.filter(person_id=person_id).order_by("id").values_list("credential", flat=True)
        return [
            PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(one))
            for one in held
        ]


def _options(options: Any) -> dict[str, Any]:
    public: dict[str, Any] = dict(options)["publicKey"]
    public["timeout"] = int(settings.PARVIS_PASSKEY_CHALLENGE.total_seconds() * 1000)
    return public


def creation_options(request: HttpRequest, where: Place, person: Person) -> dict[str, Any]:
    """What the browser is given to make a passkey; those that the person has already are not made twice."""
    name = f"{person.first_name} {person.last_name}"
    options, state = where.server.register_begin(
        PublicKeyCredentialUserEntity(id=person.reference.bytes, name=name, display_name=name),
        credentials=_descriptors(person.pk),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _ask(request, state, CREATE, person.pk)
    return _options(options)


def request_options(request: HttpRequest, where: Place, person_id: int = 0) -> dict[str, Any]:
    """What the browser is given to show a passkey: one of the person's, or (0) whichever it knows for us."""
    options, state = where.server.authenticate_begin(
        credentials=_descriptors(person_id) if person_id else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _ask(request, state, GET, person_id)
    return _options(options)


# --- Making one ------------------------------------------------------------------------------------------------------
def add(request: HttpRequest, where: Place, person_id: int, answer: str, name: str, *, browser: str) -> None:
    """Keep the passkey that the browser made. Raises Unusable."""
    state = _asked(request, CREATE, person_id)
    try:
        made = where.server.register_complete(state, json.loads(answer))
        data = made.credential_data
        if data is None:
            raise Unusable("no credential")
        key = cbor.encode(dict(data.public_key))
        CoseKey.parse(cbor.decode(key))  # type: ignore[arg-type]
    except Exception as fault:  # whatever a browser may send
        raise Unusable(type(fault).__name__) from fault
    credential = websafe_encode(data.credential_id)
    if len(credential) > 1400:
        raise Unusable("a name too long")
    with own(person_id):
        try:
            with transaction.atomic():
                Passkey.objects.create(
                    person_id=person_id,
                    credential=credential,
                    public_key=key,
                    sign_count=made.counter,
                    name=name,
                    added_at=clock.now(),
                )
        except IntegrityError as fault:
            raise Unusable("known already") from fault
        changed(person_id, "added", PASSKEY, browser=browser)


# --- Showing one -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey that was shown, not yet proven: whose it is, its row, and what the browser sent."""

    person_id: int
    passkey_id: int
    response: AuthenticationResponse


def look(answer: str, person_id: int = 0) -> Shown:
    """Which passkey the browser names; of that person alone, if one is given. Raises Unusable."""
    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        credential = websafe_encode(response.raw_id)
    except Exception as fault:  # whatever a browser may send
        raise Unusable(type(fault).__name__) from fault
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM identity_passkey(%s)", [credential])
        row = cursor.fetchone()
    if row is None or (person_id and row[0] != person_id):
        raise Unusable("nobody's, or another person's")
    with tenancy.scope(person=row[0], role=tenancy.PERSON, read_only=True):
        found = Passkey.objects.filter(person_id=row[0], credential=credential).values_list("pk", flat=True).first()
    if found is None:
        raise Unusable("removed meanwhile")
    return Shown(row[0], found, response)


def check(request: HttpRequest, where: Place, shown: Shown, person_id: int = 0) -> None:
    """Whether that passkey signed our challenge. Raises Unusable.

    A signature counter that does not advance means a copied key: refused, and noted in the person's journal.
    """
    state = _asked(request, GET, person_id)
    with tenancy.scope(person=shown.person_id, role=tenancy.PERSON):
        row = Passkey.objects.select_for_update(of=("self",)).filter(pk=shown.passkey_id).first()
        reference = Person.objects.filter(pk=shown.person_id).values_list("reference", flat=True).first()
        if row is None or reference is None:
            raise Unusable("removed meanwhile")
        try:
            key = CoseKey.parse(cbor.decode(bytes(row.public_key)))  # type: ignore[arg-type]
            held = AttestedCredentialData.create(Aaguid.NONE, websafe_decode(row.credential), key)
            where.server.authenticate_complete(state, [held], shown.response)
        except Exception as fault:  # whatever a browser may send
            raise Unusable(type(fault).__name__) from fault
        told = shown.response.response
        if told.user_handle is not None and told.user_handle != reference.bytes:
            raise Unusable("another person's")
        counter = told.authenticator_data.counter
        back = (row.sign_count or counter) and counter <= row.sign_count
        if back:
            record("identity.passkey_copied", actor=Actor(ref=None, person_id=shown.person_id), person=shown.person_id)
        else:
            row.sign_count, row.last_used_at = counter, clock.now()
            row.save(update_fields=["sign_count", "last_used_at"])
    if back:
        raise Unusable("its counter went back")
