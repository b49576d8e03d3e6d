"""Key pairs made and used with the openssl command, and their signatures as Notary's metadata carries them."""

import pathlib
import subprocess

_GENERATE = {"p256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "p384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
             "rsa2048": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "rsa1024": ["RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
             "ed25519": ["ED25519"]}
_TYPES = {"p256": "ecdsa", "p384": "ecdsa", "rsa2048": "rsa", "rsa1024": "rsa", "ed25519": "ed25519"}
_WIDTHS = {"p256": 32, "p384": 48}
_PSS = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]


def openssl(*arguments: object, stdin: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"openssl {' '.join(map(str, arguments))}: {done.stderr.decode()}")
    return done.stdout


class SigningKey:
    """`kind` is one of p256, p384, rsa2048, rsa1024, ed25519."""

    def __init__(self, folder: pathlib.Path, kind: str = "p256"):
        self.kind = kind
        self.keytype = _TYPES[kind]
        self.file = folder / f"{kind}.pem"
        openssl("genpkey", "-algorithm", *_GENERATE[kind], "-out", self.file)
        self.spki = openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")

    @property
    def public(self) -> bytes:
        """What metadata lists, before base64."""
        return self.spki[-32:] if self.kind == "ed25519" else self.spki

    def sign(self, message: bytes) -> tuple[str, bytes]:
        """The method's name and the signature."""
        if self.kind == "ed25519":
            return "eddsa", self._sign_ed25519(message)
        if self.keytype == "rsa":
            return "rsapss", openssl("dgst", "-sha256", "-sign", self.file, *_PSS, stdin=message)
        return "ecdsa", _fixed_width(self.sign_der(message), _WIDTHS[self.kind])

    def sign_der(self, message: bytes, digest: str = "sha256") -> bytes:
        """As certificates carry it: PKCS#1 v1.5 or a DER sequence of r and s."""
        return openssl("dgst", f"-{digest}", "-sign", self.file, stdin=message)

    def _sign_ed25519(self, message: bytes) -> bytes:
        document = self.file.with_suffix(".message")
        document.write_bytes(message)
        return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.file, "-in", document)


class KeyPool:
    """Keys made once and lent to one collection after another: making them is most of the time."""

    def __init__(self, folder: pathlib.Path):
        self._folder = folder
        self._keys: dict[str, list[SigningKey]] = {}

    def key(self, kind: str, index: int) -> SigningKey:
        made = self._keys.setdefault(kind, [])
        while len(made) <= index:
            folder = self._folder / f"{kind}-{len(made)}"
            folder.mkdir()
            made.append(SigningKey(folder, kind))
        return made[index]


def _fixed_width(signature: bytes, width: int) -> bytes:
    """r and s out of their DER sequence, each left-padded to the curve's width."""
    rest = signature[2:] if signature[1] < 0x80 else signature[3:]
    numbers = []
    for _ in range(2):
        size = rest[1]
        numbers.append(int.from_bytes(rest[2:2 + size], "big").to_bytes(width, "big"))
        rest = rest[2 + size:]
    return b"".join(numbers)
