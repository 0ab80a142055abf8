"""A small SAML 2.0 identity provider on loopback: metadata, redirect binding, signed assertions; a test may spoil them.

It signs with another library than the product checks with, so that the two do not share a mistake.
"""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner

EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
NAMES = (
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
)
ASSERTION = """
<saml:Assertion {names} ID="{id}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer>
<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="placeholder"/>
<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{subject}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 NotOnOrAfter="{until}" Recipient="{recipient}" InResponseTo="{asked}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>
</saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="s1"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="{email_name}"><saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute>
</saml:AttributeStatement></saml:Assertion>"""
RESPONSE = """<samlp:Response {names} ID="{response_id}" Version="2.0" IssueInstant="{now}" Destination="{destination}"
 InResponseTo="{asked}"><saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode
 Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:Response>"""
METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">
<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>
</ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService
 Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{entity}/sso"/></md:IDPSSODescriptor>
</md:EntityDescriptor>"""


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class SamlProvider:
    """Answers for one person; `spoil` may change what the assertion says, `forge` the finished response."""

    email: str = "pat@example.gov"
    spoil: dict[str, str] = field(default_factory=dict)
    forge: Callable[[Any], None] = lambda response: None
    signs: bool = True
    by_another: bool = False

    def __post_init__(self) -> None:
        self.key, self.certificate = key_pair()
        self.other_key, self.other_certificate = key_pair()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.entity = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def reset(self) -> None:
        self.email, self.spoil, self.signs, self.by_another = "pat@example.gov", {}, True, False
        self.forge = lambda response: None

    def metadata(self) -> str:
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        return METADATA.format(entity=self.entity, certificate=base64.b64encode(der).decode())

    def answer(self, request: str) -> str:
        """Return the response to a request that came by redirect, as its form would carry it."""
        asked = etree.fromstring(zlib.decompress(base64.b64decode(request), -15))
        now = datetime.now(UTC)
        where = asked.get("AssertionConsumerServiceURL")
        issuer = asked.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer")
        said = {
            "names": NAMES, "id": f"_a{now.timestamp()}", "response_id": f"_r{now.timestamp()}", "now": stamp(now),
            "since": stamp(now - timedelta(minutes=1)), "until": stamp(now + timedelta(minutes=5)), "asked": asked.get("ID"),
            "issuer": self.entity, "audience": issuer, "recipient": where, "destination": where, "subject": "person-17",
            "email_name": EMAIL, "email": self.email, **self.spoil,
        }  # fmt: skip
        response = etree.fromstring(RESPONSE.format(**said))
        assertion = etree.fromstring(ASSERTION.format(**said))
        if self.signs:
            key, certificate = (
                (self.other_key, self.other_certificate) if self.by_another else (self.key, self.certificate)
            )
            signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
            assertion = signer.sign(
                assertion, key=key, cert=[certificate], reference_uri=f"#{said['id']}", id_attribute="ID"
            )
        else:
            assertion.remove(assertion.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
        response.append(assertion)
        self.forge(response)
        return base64.b64encode(etree.tostring(response)).decode()


def key_pair() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """Make a key and a certificate that it signs itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.gov")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return key, made


def handler_of(provider: SamlProvider) -> type[BaseHTTPRequestHandler]:
    """Return the class that answers for a provider."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/metadata":
                body = provider.metadata().encode()
            else:
                body = provider.answer(parse_qs(parts.query)["SAMLRequest"][0]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
