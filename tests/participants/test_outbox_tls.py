"""The same patience where the conversation is locked: over TLS from the first byte, and by STARTTLS."""

import datetime
import ipaddress
import ssl
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from participants import mail_server
from participants.letters import deliver_due
from participants.models import Letter
from tests.smtp import DRIPS, MailServer

pytestmark = pytest.mark.django_db


def certificate(folder: Path) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    file = folder / "mail.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture(params=["EMAIL_USE_SSL", "EMAIL_USE_TLS"])
def locked(request, server, settings, tmp_path, monkeypatch) -> MailServer:
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(file)
    server.speaks_tls_at_once = request.param == "EMAIL_USE_SSL"
    setattr(settings, request.param, True)
    return server


def write() -> None:
    EmailMultiAlternatives("Pierwszy", ".\nTreść", to=["hanna@poczta.example"]).send()


def test_letter_arrives(locked):
    write()
    assert deliver_due() == 1
    assert [message.get_content().splitlines() for message in locked.letters] == [[".", "Treść"]]


@pytest.mark.parametrize("answers", ["hello", "rcpt", "data"])
def test_server_that_drips_is_left(locked, settings, monkeypatch, answers):
    settings.EMAIL_TIMEOUT = 1
    monkeypatch.setattr(mail_server, "TAKING", 1)
    write()
    setattr(locked, answers, [DRIPS])
    began = time.monotonic()
    deliver_due()
    assert time.monotonic() - began < 10
    assert Letter.objects.waiting().count() == 1
    settings.EMAIL_TIMEOUT = 20
    monkeypatch.setattr(mail_server, "TAKING", 20)
    assert deliver_due(now=timezone.now() + datetime.timedelta(minutes=2)) == 1
    assert [message["Subject"] for message in locked.letters] == ["Pierwszy"]
