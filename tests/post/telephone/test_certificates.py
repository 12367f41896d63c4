"""A carrier over TLS: who cannot prove who it is gets neither a number nor a secret."""

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from parvis.post.faults import CarrierUnreachable
from tests.post.telephone.hands import FILE, SMS, Provider, carrier_of, described, running


def certificate(folder: Path, name: x509.GeneralName) -> Path:
    """A certificate that signs itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "carrier")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "carrier.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    return path


def over_tls(path: Path) -> Provider:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return Provider(trusted=context)


LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
TRUSTING = FILE.replace("[sms]\n", '[sms]\ncertificates = "PATH"\n')


def test_a_carrier_that_nobody_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    with running(over_tls(certificate(tmp_path, LOOPBACK))) as provider:
        with pytest.raises(CarrierUnreachable, match="ConnectError"):
            carrier_of(described(tmp_path, provider)).deliver(SMS, "r1")
        assert provider.asked == []


def test_a_carrier_whom_the_files_certificates_vouch_for_is_trusted(tmp_path: Path) -> None:
    path = certificate(tmp_path, LOOPBACK)
    with running(over_tls(path)) as provider:
        carrier = carrier_of(described(tmp_path, provider, TRUSTING.replace("PATH", str(path))))
        assert carrier.deliver(SMS, "r1").id
        assert len(provider.asked) == 1


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    path = certificate(tmp_path, x509.DNSName("another.example"))
    with running(over_tls(path)) as provider:
        carrier = carrier_of(described(tmp_path, provider, TRUSTING.replace("PATH", str(path))))
        with pytest.raises(CarrierUnreachable, match="ConnectError"):
            carrier.deliver(SMS, "r1")
        assert provider.asked == []
