"""notary and sello judge one collection."""

import concurrent.futures
import json
import unittest

from . import pki
from .authored import AuthoredCollection
from .notary_client import NotaryClient
from .sello_client import SelloClient
from .signing_key import KeyPool
from .static_server import StaticTrustServer
from .workspace import Workspace

# What both say.
NO_LEAF = "unable to retrieve valid leaf certificates"
NO_PIN = "unable to match any certificates to trust_pinning config"
NO_FIRST_USE = "invalid trust pinning specified"
NO_BUNDLE = "could not load root cert from CA path"
NO_AUTHORITY = "invalid CA certs provided"
NO_ROTATION = "could not rotate trust to a new trusted root"
NO_INTEGRITY = "failed to validate integrity of roots"
NO_THRESHOLD = "valid signatures did not meet threshold"


class ParityCase(unittest.TestCase):
    """One collection on a server of its own, and a notary and a sello that start from the same files."""

    @classmethod
    def setUpClass(cls):
        cls.workspace = Workspace("trust")
        cls.addClassCleanup(cls.workspace.remove)
        cls.server = StaticTrustServer()
        cls.addClassCleanup(cls.server.stop)
        cls.keys = KeyPool(cls.workspace.folder("keys"))
        cls.unused_ca = pki.Authority(cls.workspace.folder("pki")).certificate

    def setUp(self):
        self.gun = f"parity/{self._testMethodName.removeprefix('test_')}"
        self.collection = AuthoredCollection(self.gun, self.keys)
        self.pinning = {}
        self.cached = {}

    def publish(self) -> dict[str, bytes]:
        documents = self.collection.publish()
        self.server.files[self.gun] = self.collection.files
        return documents

    def verdict(self, kind):
        """What a client says that has `pinning` in its configuration and `cached` in its cache."""
        folder = self.workspace.folder(kind.__name__.lower())
        client = kind(folder, self.server.url, self.unused_ca)
        for role, document in self.cached.items():
            file = client.metadata(self.gun) / f"{role}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(document)
        configuration = folder / "config.json"
        configuration.write_text(json.dumps({"trust_pinning": self.pinning}))
        return client.try_run("-c", configuration, "list", self.gun)

    def verdicts(self):
        """Notary's and sello's, asked for at the same time."""
        with concurrent.futures.ThreadPoolExecutor() as pool:
            return pool.map(self.verdict, (NotaryClient, SelloClient))

    def both_accept(self, *targets: str):
        """Both list exactly these, and the table is the same."""
        notary, sello = self.verdicts()
        self.assertEqual((0, 0), (notary.status, sello.status), f"{notary}\n{sello}")
        for name in targets or ("v1",):
            self.assertIn(name, notary.out)
        self.assertEqual(notary.out.strip(), sello.out.strip())
        return notary, sello

    def both_refuse(self, reason: str):
        notary, sello = self.verdicts()
        for outcome in (notary, sello):
            self.assertGreater(outcome.status, 0, outcome)
            self.assertIn(reason, outcome.text)
        return notary, sello

    def both_refuse_somehow(self):
        """In words that differ."""
        for outcome in self.verdicts():
            self.assertGreater(outcome.status, 0, outcome)

    def only_sello_accepts(self, reason: str):
        """Where design and decisions say that notary is wrong to refuse."""
        notary, sello = self.verdicts()
        self.assertGreater(notary.status, 0, notary)
        self.assertIn(reason, notary.text)
        self.assertEqual(0, sello.status, sello)

    def only_sello_refuses(self, reason: str):
        """Where sello is stricter on purpose."""
        notary, sello = self.verdicts()
        self.assertEqual(0, notary.status, notary)
        self.assertGreater(sello.status, 0, sello)
        self.assertIn(reason, sello.text)
