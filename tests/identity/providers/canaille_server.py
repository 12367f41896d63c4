"""Canaille, a whole identity server, as a process of its own on this machine: one person, one client, in memory.

`python canaille_server.py PORT BACK LEFT`: prints « ready » once it answers.
"""

import datetime
import sys

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

USER, PASSWORD = "lea", "le mot de passe de Léa chez Canaille"
CLIENT_ID, SECRET = "parvis", "un secret de client"


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        pass


def serve(port: int, back: str, left: str) -> None:
    """Serve until the process is ended."""
    app = create_app(
        {
            "SECRET_KEY": "a key for tests, fifty characters long and not secret",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {
                "DATABASE": "memory",
                "SMTP": None,
                "CAPTCHA_ENABLED": False,
                "LOGGING": {"version": 1, "root": {"level": "CRITICAL"}},
            },
            # The application lives on this machine: its people are not asked to consent.
            "CANAILLE_OIDC": {
                "TRUSTED_DOMAINS": ["127.0.0.1"],
                "ACTIVE_JWKS": [RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)],
            },
            "CANAILLE_SQL": None,
            "CANAILLE_LDAP": None,
            "CANAILLE_SCIM": None,
            "CANAILLE_HYPERCORN": None,
        }
    )
    with app.app_context(), Backend.instance.session():
        Backend.instance.save(
            models.User(
                user_name=USER,
                formatted_name="Léa Martin",
                given_name="Léa",
                family_name="Martin",
                emails=["lea@annecy.example"],
                password=PASSWORD,
            )
        )
        client = models.Client(
            client_id=CLIENT_ID,
            client_secret=SECRET,
            client_name="Parvis",
            client_uri=back,
            redirect_uris=[back],
            post_logout_redirect_uris=[left],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "email"],
            token_endpoint_auth_method="client_secret_basic",
            id_token_signed_response_alg="RS256",
            client_id_issued_at=datetime.datetime.now(datetime.UTC),
        )
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], sys.argv[3])
