"""A passkey in software: answers as a browser and its authenticator would, and lies where a test asks it to."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "http://localhost:8000"
FLAG = AuthenticatorData.FLAG


@dataclass
class Authenticator:
    """One device with one key. `counts`: whether it advances a signature counter (many devices never do)."""

    origin: str = ORIGIN
    domain: str = "localhost"
    counts: bool = True
    verified: bool = True
    counter: int = 0
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: str = ""

    def _flags(self, *more: Any) -> Any:
        flags = FLAG.UP | (FLAG.UV if self.verified else FLAG(0))
        for one in more:
            flags |= one
        return flags

    def _count(self) -> int:
        self.counter += 1 if self.counts else 0
        return self.counter

    def _client_data(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), self.origin)

    def make(self, options: dict[str, Any], **changes: Any) -> str:
        """The answer to the options of a creation, as passkeys.js writes it."""
        self.user = options["user"]["id"]
        held = AttestedCredentialData.create(
            Aaguid.NONE, self.credential, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(
            hashlib.sha256(self.domain.encode()).digest(), self._flags(FLAG.AT), self._count(), held
        )
        return self._written(
            {
                "clientDataJSON": websafe_encode(self._client_data("webauthn.create", options["challenge"])),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            },
            changes,
        )

    def show(self, options: dict[str, Any], **changes: Any) -> str:
        """The answer to the options of a sign-in."""
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = AuthenticatorData.create(
            hashlib.sha256(self.domain.encode()).digest(), self._flags(), self._count(), b""
        )
        signature = self.key.sign(data + client_data.hash, ec.ECDSA(hashes.SHA256()))
        return self._written(
            {
                "clientDataJSON": websafe_encode(client_data),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": self.user,
            },
            changes,
        )

    def _written(self, response: dict[str, Any], changes: dict[str, Any]) -> str:
        name = websafe_encode(self.credential)
        made = {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}}
        return json.dumps({**made, "response": {**response, **changes}})
