"""A collection written by hand, with all its keys, so that it can be bent into any shape that no client would publish."""

import base64
import collections
import dataclasses
import hashlib
import json
from collections.abc import Callable

from .signing_key import KeyPool, SigningKey
from .x509 import days_from_now, make_certificate


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def file_meta(content: bytes) -> dict:
    digests = {name: base64.b64encode(hashlib.new(name, content).digest()).decode() for name in ("sha256", "sha512")}
    return {"hashes": digests, "length": len(content)}


def expiry(days: float) -> str:
    return days_from_now(days).strftime("%Y-%m-%dT%H:%M:%SZ")


class ListedKey:
    """A key as metadata lists it, able to sign. With `certificate`, PEM, it is one of type *-x509."""

    def __init__(self, key: SigningKey, certificate: bytes | None = None):
        self.key = key
        self.value = {"keytype": key.keytype + ("-x509" if certificate else ""),
                      "keyval": {"private": None, "public": base64.b64encode(certificate or key.public).decode()}}
        self.id = hashlib.sha256(canonical(self.value)).hexdigest()

    def sign(self, message: bytes) -> dict:
        method, signature = self.key.sign(message)
        return {"keyid": self.id, "method": method, "sig": base64.b64encode(signature).decode()}


def sign(payload: dict, keys: list[ListedKey]) -> bytes:
    message = canonical(payload)
    return canonical({"signatures": [key.sign(message) for key in keys], "signed": payload})


@dataclasses.dataclass
class Role:
    """Who may sign and how many must. `signers` are those that do, if they are others. `edit` changes what is signed,
    `bend` the document afterwards."""

    keys: list[ListedKey]
    threshold: int = 1
    signers: list[ListedKey] | None = None
    expires: float = 300
    version: int = 1
    edit: Callable[[dict], None] = lambda payload: None
    bend: Callable[[bytes], bytes] = lambda document: document

    def listing(self) -> dict:
        return {"keyids": [key.id for key in self.keys], "threshold": self.threshold}

    def sign(self, payload: dict) -> bytes:
        self.edit(payload)
        return self.bend(sign(payload, self.keys if self.signers is None else self.signers))


@dataclasses.dataclass
class Delegation(Role):
    paths: tuple[str, ...] = ("",)
    targets: dict[str, bytes] = dataclasses.field(default_factory=dict)


class AuthoredCollection:
    """Edit the public members, then publish(). Every role starts with one key, root's with a certificate for the GUN."""

    def __init__(self, gun: str, pool: KeyPool):
        self.gun = gun
        self._pool = pool
        self._lent: collections.Counter[str] = collections.Counter()
        self.root = Role([self.root_key()])
        self.targets, self.snapshot, self.timestamp = (Role([ListedKey(self.new_key())]) for _ in range(3))
        self.content = {"v1": b"hello\n"}
        self.delegations: dict[str, Delegation] = {}
        self.files: dict[str, bytes] = {}

    def new_key(self, kind: str = "p256") -> SigningKey:
        """One that this collection has not had yet."""
        self._lent[kind] += 1
        return self._pool.key(kind, self._lent[kind] - 1)

    def root_key(self, name: str | None = None, kind: str = "p256", issuer=None, behind: bytes = b"", **options) -> ListedKey:
        """A key with a certificate for `name`, by default the GUN; `behind` are PEM certificates after it."""
        key = self.new_key(kind)
        return ListedKey(key, make_certificate(self.gun if name is None else name, key, issuer, **options) + behind)

    def delegate(self, role: str, kind: str = "p256", **options) -> Delegation:
        """A delegation of all names, with one target named after the role."""
        options = {"targets": {role.replace("/", "-"): b"delegated\n"}, **options}
        self.delegations[role] = Delegation([ListedKey(self.new_key(kind))], **options)
        return self.delegations[role]

    def rotate_root(self) -> None:
        """The next root, signed by the new key and the present one."""
        previous = self.root
        self.root = Role([self.root_key()], version=previous.version + 1)
        self.root.signers = [*self.root.keys, *previous.keys]

    def publish(self) -> dict[str, bytes]:
        """Makes every document, as a server names it: by role, by digest, and each root by version."""
        documents = {"root": self.root.sign(self._root()),
                     "targets": self.targets.sign(self._targets("targets", self.targets, self.content))}
        for name, role in self.delegations.items():
            documents[name] = role.sign(self._targets(name, role, role.targets))
        documents["snapshot"] = self.snapshot.sign(
            {**_common("Snapshot", self.snapshot), "meta": {name: file_meta(file) for name, file in documents.items()}})
        documents["timestamp"] = self.timestamp.sign(
            {**_common("Timestamp", self.timestamp), "meta": {"snapshot": file_meta(documents["snapshot"])}})
        for name, file in documents.items():
            self.files[f"{name}.json"] = self.files[f"{name}.{hashlib.sha256(file).hexdigest()}.json"] = file
        self.files[f"{self.root.version}.root.json"] = documents["root"]
        return documents

    def _root(self) -> dict:
        roles = {"root": self.root, "targets": self.targets, "snapshot": self.snapshot, "timestamp": self.timestamp}
        return {**_common("Root", self.root), "consistent_snapshot": False,
                "keys": {key.id: key.value for role in roles.values() for key in role.keys},
                "roles": {name: role.listing() for name, role in roles.items()}}

    def _targets(self, name: str, role: Role, content: dict[str, bytes]) -> dict:
        children = {child: each for child, each in self.delegations.items() if child.rpartition("/")[0] == name}
        return {**_common("Targets", role), "targets": {target: file_meta(data) for target, data in content.items()},
                "delegations": {"keys": {key.id: key.value for each in children.values() for key in each.keys},
                                "roles": [{**each.listing(), "name": child, "paths": list(each.paths)}
                                          for child, each in children.items()]}}


def _common(kind: str, role: Role) -> dict:
    return {"_type": kind, "expires": expiry(role.expires), "version": role.version}
