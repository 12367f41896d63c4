"""Addresses of the environment, read into settings."""

import pytest

from parvis.ground.database.addresses import email_settings, postgres_settings


def test_an_address_with_everything_is_read() -> None:
    assert postgres_settings("postgres://a%40b:p%2Fw%3A@db.example:5433/par%20vis?sslmode=require") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "par vis",
        "USER": "a@b",
        "PASSWORD": "p/w:",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_an_address_with_a_socket_is_read() -> None:
    read = postgres_settings("postgresql:///parvis?host=/path/with%20space/run&user=parvis_app")
    assert (read["NAME"], read["HOST"], read["USER"], read["PORT"]) == (
        "parvis",
        "/path/with space/run",
        "parvis_app",
        "",
    )
    assert read["OPTIONS"] == {}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u:secret@h/db", "ne connaît que PostgreSQL"),
        ("sqlite:///db", "ne connaît que PostgreSQL"),
        ("", "ne connaît que PostgreSQL"),
        ("postgresql://u:secret@h", "ne nomme pas la base"),
        ("postgresql://u:secret@h:abc/db", "n’est pas un nombre"),
        ("postgresql://u:secret@[::1/db", "illisible"),
    ],
)
def test_a_wrong_database_address_is_refused_without_repeating_it(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refusal:
        postgres_settings(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://mail.example", 587, True, False),
        ("smtps://mail.example", 465, False, True),
        ("smtp://mail.example:1025", 1025, False, False),
    ],
)
def test_a_mail_server_is_read_with_the_port_of_its_kind(url: str, port: int, starttls: bool, tls: bool) -> None:
    read = email_settings(url)
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == ("mail.example", port)
    assert (read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (starttls, tls)


def test_a_mail_account_is_decoded() -> None:
    read = email_settings("smtps://moi%40exemple.fr:a%3Ab@mail.example")
    assert (read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]) == ("moi@exemple.fr", "a:b")


def test_no_mail_server_is_no_setting() -> None:
    assert email_settings("") == {}


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "smtp://mail:x"])
def test_a_wrong_mail_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="serveur de messagerie"):
        email_settings(url)
