"""What a server holds of one collection, read and cross-checked without a client."""

import base64
import binascii
import hashlib
import json

from .http_client import HttpClient


class Inconsistent(AssertionError):
    """The server's documents do not fit together."""


def _hex(digest: str) -> str:
    return binascii.hexlify(base64.b64decode(digest)).decode()


class Collection:
    """Follows timestamp, snapshot, root and targets by their digests, and checks that nothing newer lies about.
    Signatures are the clients' affair. Throws Inconsistent."""

    def __init__(self, http: HttpClient, gun: str):
        self._http = http
        self._gun = gun
        self.timestamp = json.loads(self._get("timestamp.json"))["signed"]
        self.snapshot = self._follow("snapshot", self.timestamp["meta"])
        self.root = self._follow("root", self.snapshot["meta"])
        self.targets = self._follow("targets", self.snapshot["meta"])
        self._check_nothing_newer()
        self._check_change_record()

    @property
    def names(self) -> set[str]:
        return set(self.targets["targets"])

    def version(self, role: str) -> int:
        return {"timestamp": self.timestamp, "snapshot": self.snapshot, "targets": self.targets,
                "root": self.root}[role]["version"]

    def missing_versions(self, role: str, first: int) -> list[int]:
        """Those from `first` to the current one that the server does not have."""
        return [number for number in range(first, self.version(role))
                if self._http.get(f"/v2/{self._gun}/_trust/tuf/{number}.{role}.json").status != 200]

    def _get(self, name: str) -> bytes:
        answer = self._http.get(f"/v2/{self._gun}/_trust/tuf/{name}")
        if answer.status != 200:
            raise Inconsistent(f"{self._gun}: {name}: status {answer.status}: {answer.body[:200]!r}")
        return answer.body

    def _follow(self, role: str, meta: dict) -> dict:
        digest = _hex(meta[role]["hashes"]["sha256"])
        document = self._get(f"{role}.{digest}.json")
        if hashlib.sha256(document).hexdigest() != digest or len(document) != meta[role]["length"]:
            raise Inconsistent(f"{self._gun}: {role}: its bytes are not those named by {digest}")
        if self._get(f"{role}.json") != document:
            raise Inconsistent(f"{self._gun}: {role}: the current document is not the one named by {digest}")
        return json.loads(document)["signed"]

    def _check_nothing_newer(self) -> None:
        for role, document in (("timestamp", self.timestamp), ("snapshot", self.snapshot), ("targets", self.targets),
                               ("root", self.root)):
            name = f"{document['version'] + 1}.{role}.json"
            status = self._http.get(f"/v2/{self._gun}/_trust/tuf/{name}").status
            if status != 404:
                raise Inconsistent(f"{self._gun}: {name} is newer than what the timestamp names: status {status}")

    def _check_change_record(self) -> None:
        feed = self._http.get(f"/v2/{self._gun}/_trust/changefeed?records=1&change_id=-1")
        records = json.loads(feed.body)["records"]
        if feed.status != 200 or not records or records[-1]["Version"] != self.timestamp["version"]:
            raise Inconsistent(f"{self._gun}: timestamp {self.timestamp['version']}, but the changefeed ends {records}")
