"""X.509 certificates with any dates, names and extensions, which the openssl command does not make. Source: RFC 5280."""

import base64
import datetime
import itertools
import textwrap

from .signing_key import SigningKey

SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
CODE_SIGNING = "1.3.6.1.5.5.7.3.3"
ANY_USAGE = "2.5.29.37.0"
DIGITAL_SIGNATURE = 0x80
CERTIFICATE_SIGNING = 0x04

_SIGNATURES = {("ecdsa", "sha256"): "1.2.840.10045.4.3.2", ("ecdsa", "sha1"): "1.2.840.10045.4.1",
               ("rsa", "sha256"): "1.2.840.113549.1.1.11", ("rsa", "sha1"): "1.2.840.113549.1.1.5"}
_serials = itertools.count(1)


def days_from_now(days: float) -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=days)


def make_certificate(name: str, key: SigningKey, issuer: "Issuer | None" = None, begins: float = -2, ends: float = 300,
                     is_ca: bool | None = False, usages: tuple[str, ...] = (), key_usage: int | None = None,
                     digest: str = "sha256") -> bytes:
    """PEM. `name` is the common name; dates are days from now; `is_ca` None leaves basic constraints out. Self-signed
    without an issuer."""
    signer = issuer.key if issuer else key
    algorithm = _sequence(_oid(_SIGNATURES[signer.keytype, digest]), _der(0x05) if signer.keytype == "rsa" else b"")
    body = _sequence(
        _der(0xA0, _integer(2)), _integer(next(_serials)), algorithm, _name(issuer.name if issuer else name),
        _sequence(_time(days_from_now(begins)), _time(days_from_now(ends))), _name(name), key.spki,
        _der(0xA3, _sequence(*_extensions(is_ca, usages, key_usage))))
    certificate = _sequence(body, algorithm, _der(0x03, b"\0" + signer.sign_der(body, digest)))
    lines = textwrap.wrap(base64.b64encode(certificate).decode(), 64)
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]).encode()


class Issuer:
    """An authority: its name, its key and its certificate."""

    def __init__(self, name: str, key: SigningKey, issuer: "Issuer | None" = None, **options):
        options = {"is_ca": True, "key_usage": CERTIFICATE_SIGNING, **options}
        self.name = name
        self.key = key
        self.certificate = make_certificate(name, key, issuer, **options)


def _extensions(is_ca: bool | None, usages: tuple[str, ...], key_usage: int | None) -> list[bytes]:
    out = []
    if is_ca is not None:
        out.append(_extension("2.5.29.19", _sequence(_der(0x01, b"\xff") if is_ca else b"")))
    if key_usage is not None:
        unused = (key_usage & -key_usage).bit_length() - 1
        out.append(_extension("2.5.29.15", _der(0x03, bytes([unused, key_usage]))))
    if usages:
        out.append(_extension("2.5.29.37", _sequence(*map(_oid, usages))))
    return out


def _extension(oid: str, value: bytes) -> bytes:
    return _sequence(_oid(oid), _der(0x01, b"\xff"), _der(0x04, value))


def _der(tag: int, content: bytes = b"") -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _oid(text: str) -> bytes:
    first, second, *rest = map(int, text.split("."))
    out = bytearray([first * 40 + second])
    for number in rest:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | number & 0x7F)
        out += bytes(reversed(groups))
    return _der(0x06, bytes(out))


def _name(common_name: str) -> bytes:
    return _sequence(_der(0x31, _sequence(_oid("2.5.4.3"), _der(0x0C, common_name.encode()))))


def _time(moment: datetime.datetime) -> bytes:
    return _der(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
