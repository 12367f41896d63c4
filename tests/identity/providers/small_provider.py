"""A small identity provider on a real port of this machine, which lies, limps and fails on demand.

It signs whoever comes in at once, as `account`. `claims` change the ID token, `answer` what stands beside the code;
`key` signs and `published` is what its JWKS shows; `trouble` says how an address answers otherwise than it should.
"""

import base64
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import Key, RSAKey

from parvis.ground import clock

CLIENT_ID, SECRET = "parvis-ici", "un secret de client"
DELETED = object()
Trouble = Callable[[], tuple[str, str, bytes]]


@dataclass
class Asked:
    """One request that came."""

    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class SmallProvider:
    """What the server answers; changed by tests at will."""

    issuer: str = ""
    account: str = "compte-de-lea"
    claims: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    told_signed: bool = False
    answer: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    header: dict[str, Any] = field(default_factory=dict)
    key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    published: list[Key] | None = None
    trouble: dict[str, Trouble] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def count(self, path: str) -> int:
        """How often an address was asked."""
        return sum(one.path == path for one in self.asked)

    # --- Tokens --------------------------------------------------------------------------------------------------
    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token with these claims; those that are DELETED are not in it."""
        kept = {name: value for name, value in claims.items() if value is not DELETED}
        head = {"alg": self.algorithm, "kid": self.key.kid, **self.header, **header}
        head = {name: value for name, value in head.items() if value is not DELETED}
        return jwt.encode(head, kept, self.key, algorithms=[self.algorithm])

    def id_token(self, code: dict[str, str], access_token: str) -> str:
        """The ID token of a sign-in, with what a test changed of it."""
        now = int(clock.now().timestamp())
        half = create_half_hash(access_token, self.algorithm) or b""
        right = {
            "iss": self.issuer,
            "sub": self.account,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": code.get("nonce", ""),
            "at_hash": half.decode(),
            "sid": f"session-de-{self.account}",
        }
        return self.sign({**right, **self.claims})

    def logout_token(self, **changed: Any) -> str:
        """A logout token of this account's session, with what a test changes of it."""
        now = int(clock.now().timestamp())
        right = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(8),
            "sub": self.account,
            "sid": f"session-de-{self.account}",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        return self.sign({**right, **changed}, typ="logout+jwt")

    # --- Addresses -----------------------------------------------------------------------------------------------
    def respond(self, asked: Asked) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        self.asked.append(asked)
        if asked.path in self.trouble:
            status, kind, body = self.trouble[asked.path]()
            return status, [("Content-Type", kind)], body
        known: dict[str, Callable[[Asked], tuple[str, list[tuple[str, str]], bytes]]] = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": self._keys,
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }
        return known[asked.path](asked) if asked.path in known else _json({"error": "nothing here"}, "404 Not Found")

    def _metadata(self, asked: Asked) -> tuple[str, list[tuple[str, str]], bytes]:
        said = {
            "issuer": self.issuer,
            **{
                f"{name}_endpoint": f"{self.issuer}/{path}"
                for name, path in (
                    ("authorization", "authorize"),
                    ("token", "token"),
                    ("userinfo", "userinfo"),
                    ("end_session", "end"),
                )
            },
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
        }
        return _json({name: value for name, value in {**said, **self.metadata}.items() if value is not DELETED})

    def _keys(self, asked: Asked) -> tuple[str, list[tuple[str, str]], bytes]:
        shown = [self.key] if self.published is None else self.published
        return _json({"keys": [key.as_dict(private=False) for key in shown]})

    def _authorize(self, asked: Asked) -> tuple[str, list[tuple[str, str]], bytes]:
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked.query
        right = {"code": code, "state": asked.query.get("state", ""), "iss": self.issuer}
        said = {name: value for name, value in {**right, **self.answer}.items() if value is not DELETED}
        return "302 Found", [("Location", f"{asked.query['redirect_uri']}?{urlencode(said)}")], b""

    def _token(self, asked: Asked) -> tuple[str, list[tuple[str, str]], bytes]:
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        by_post = (asked.form.get("client_id"), asked.form.get("client_secret")) == (CLIENT_ID, SECRET)
        if asked.headers.get("AUTHORIZATION") != f"Basic {basic}" and not by_post:
            return _json({"error": "invalid_client"}, "401 Unauthorized")
        code = self.codes.pop(asked.form.get("code", ""), None)
        right = (
            code is not None
            and code["redirect_uri"] == asked.form.get("redirect_uri")
            and code["code_challenge"] == create_s256_code_challenge(asked.form.get("code_verifier", ""))
        )
        if code is None or not right:
            return _json({"error": "invalid_grant"}, "400 Bad Request")
        access_token = secrets.token_urlsafe(12)
        return _json(
            {
                "token_type": "Bearer",
                "expires_in": 60,
                "access_token": access_token,
                "id_token": self.id_token(code, access_token),
            }
        )

    def _userinfo(self, asked: Asked) -> tuple[str, list[tuple[str, str]], bytes]:
        if not asked.headers.get("AUTHORIZATION", "").startswith("Bearer "):
            return _json({"error": "invalid_token"}, "401 Unauthorized")
        told = {"sub": self.account, "given_name": "Léa", "family_name": "Martin", **self.told}
        if not self.told_signed:
            return _json(told)
        signed = self.sign({"iss": self.issuer, "aud": CLIENT_ID, **told})
        return "200 OK", [("Content-Type", "application/jwt")], signed.encode()


def _json(said: Any, status: str = "200 OK") -> tuple[str, list[tuple[str, str]], bytes]:
    return status, [("Content-Type", "application/json")], json.dumps(said).encode()


class Slow:
    """An answer that does not come until the test is over; `came`: to somebody who waited for it all the same."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.came = False

    def __call__(self) -> tuple[str, str, bytes]:
        self.came = not self.over.wait(60)
        return "200 OK", "application/json", b"{}"


def failing(status: str = "500 Internal Server Error", kind: str = "text/html", body: bytes = b"<p>Oups") -> Trouble:
    """An answer that is not what was asked for."""
    return lambda: (status, kind, body)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone: that is what some tests are about."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def serving(provider: SmallProvider) -> Iterator[SmallProvider]:
    """The provider on a free port of this machine."""

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        status, headers, body = provider.respond(
            Asked(
                environ["PATH_INFO"],
                {name: one for name, (one, *_) in parse_qs(environ.get("QUERY_STRING", "")).items()},
                {name: one for name, (one, *_) in parse_qs(environ["wsgi.input"].read(length).decode()).items()},
                {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")},
            )
        )
        start_response(status, headers)
        return [body]

    with make_server("127.0.0.1", 0, application, server_class=_Server, handler_class=_Quiet) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
