"""Trust directories and collections of Notary 0.1 and 0.3: read, verified and published by today's clients."""

import json
import unittest

from harness import legacy, pki
from harness.case import TrustServiceCase, for_pairs
from harness.notary_client import NotaryClient, opened_key
from harness.passphrases import PASSPHRASE
from harness.sello_client import SelloClient
from harness.static_server import StaticTrustServer
from harness.workspace import Workspace

# Notary 0.1 and 0.3: the collection, what it lists, and what is staged in it.
FIRST, FIRST_LISTED, FIRST_STAGED = "docker.com/notary0.1/samplerepo", {"LICENSE": "targets"}, {".gitignore": "targets"}
THIRD, THIRD_LISTED = "docker.com/notary0.3/tst", {"LICENSE": "targets", "change": "targets",
                                                   "hello": "targets/releases"}
THIRD_STAGED = ("MAINTAINERS", "Dockerfile")
CLIENTS = (NotaryClient, SelloClient)


class LegacyReadSuite(unittest.TestCase):
    """The documents of that time, from a server that just hands them out."""

    @classmethod
    def setUpClass(cls) -> None:
        legacy.samples()
        cls.workspace = Workspace("legacy")
        cls.addClassCleanup(cls.workspace.remove)
        cls.authority = pki.Authority(cls.workspace.folder("pki"))

    def serve(self, version: str, gun: str) -> StaticTrustServer:
        server = StaticTrustServer()
        self.addCleanup(server.stop)
        server.files[gun] = legacy.documents(version, gun)
        return server

    def clients(self, server: StaticTrustServer, kinds=CLIENTS):
        """One of each kind that has seen nothing yet."""
        for kind in kinds:
            yield kind(self.workspace.folder(kind.__name__.lower()), server.url, self.authority.certificate)

    def test_metadata_of_0_1_is_verified(self):
        for client in self.clients(self.serve("0.1", FIRST)):
            self.assertEqual(FIRST_LISTED, client.targets(FIRST))

    def test_directory_of_0_1_is_the_base_of_an_update(self):
        for client in self.clients(self.serve("0.1", FIRST)):
            legacy.give(client, "0.1")
            self.assertEqual(FIRST_LISTED, client.targets(FIRST))
            for name in FIRST_STAGED:
                self.assertIn(name, client.run("status", FIRST).out)

    def test_tampered_metadata_is_refused(self):
        server = self.serve("0.1", FIRST)
        server.tamper(FIRST, b'"LICENSE"', b'"LICENCE"')
        for client in self.clients(server):
            client.refused("list", FIRST)

    def test_root_of_0_3_is_refused_since_its_certificate_ended(self):
        for client in self.clients(self.serve("0.3", THIRD)):
            self.assertIn("unable to retrieve valid leaf certificates", client.refused("list", THIRD).text)

    def test_metadata_of_0_3_was_good_in_its_day(self):
        """Go programs read the clock past libfaketime: sello alone can be sent back."""
        for client in self.clients(self.serve("0.3", THIRD), (SelloClient,)):
            client.environment |= legacy.ON_ITS_DAY
            self.assertEqual(THIRD_LISTED, client.targets(THIRD))

    def test_directory_of_0_3_was_the_base_of_an_update(self):
        for client in self.clients(self.serve("0.3", THIRD), (SelloClient,)):
            legacy.give(client, "0.3")
            client.environment |= legacy.ON_ITS_DAY
            self.assertEqual(THIRD_LISTED, client.targets(THIRD))
            for name in THIRD_STAGED:
                self.assertIn(name, client.run("status", THIRD).out)


@for_pairs("sello/sello", "notary/notary")
class LegacyPublishSuite(TrustServiceCase):
    """The server of today has another timestamp key: the owner takes that one first, as notary has him do."""

    @classmethod
    def setUpClass(cls) -> None:
        legacy.samples()
        super().setUpClass()

    def new_legacy(self, kind: type[NotaryClient]) -> NotaryClient:
        client = self.new_notary(kind=kind)
        legacy.give(client, "0.1")
        return client

    def new_owner(self) -> NotaryClient:
        """Has the collection on the server for the time of the test."""
        owner = self.new_legacy(NotaryClient)
        self.addCleanup(owner.run, "delete", FIRST, "--remote")
        owner.run("key", "rotate", FIRST, "timestamp", "-r")
        return owner

    def test_keys_of_0_1_publish_what_was_staged(self):
        for publisher in CLIENTS:
            with self.subTest(publisher=publisher.__name__):
                self.new_owner()
                self.new_legacy(publisher).run("publish", FIRST)
                for reader in CLIENTS:
                    self.assertEqual(FIRST_LISTED | FIRST_STAGED, self.new_notary(kind=reader).targets(FIRST))

    def test_directory_that_sello_has_used_is_still_notarys(self):
        self.new_owner()
        sello = self.new_legacy(SelloClient)
        sello.run("list", FIRST)
        sello.add(FIRST, "v2", b"by sello\n")
        notary = self.new_notary()
        notary.trust, notary.environment = sello.trust, sello.environment
        notary.run("publish", FIRST)

        self.assertEqual(FIRST_LISTED | FIRST_STAGED | {"v2": "targets"}, self.new_sello().targets(FIRST))


@for_pairs("sello/sello", "notary/notary")
class OldRepositorySuite(TrustServiceCase):
    """What Notary 0.1 to 0.3 left behind: keys in folders by kind and name, under OpenSSL's encryption of old."""

    def setUp(self):
        self.gun = self.new_gun()
        self.notary = self.new_notary()
        self.sello = SelloClient(self.notary.folder, self.notary.url, self.notary.ca, self.notary.trust)

    def make_old(self, with_headers: bool):
        private = self.notary.trust / "private"
        for file in self.notary.key_files():
            role = next(line for line in file.read_text().splitlines() if line.startswith("role: "))
            pem = opened_key(file, "-aes256", "-passout", f"pass:{PASSPHRASE}").decode()
            name = role.removeprefix("role: ")
            folder = private / "root_keys" if name == "root" else private / "tuf_keys" / self.gun
            folder.mkdir(parents=True, exist_ok=True)
            old = folder / (file.name if with_headers else f"{file.stem}_{name}.key")
            old.write_text(pem.replace("\n\n", f"\n{role}\n\n", 1) if with_headers else pem)
            file.unlink()
        (private / "trusted_certificates").mkdir()

    def sign_with_old_keys(self, with_headers: bool):
        """By sello, which leaves them where they are, then by notary, which moves them, then by sello."""
        self.notary.publish(self.gun, "v1")
        self.make_old(with_headers)
        self.sello.publish(self.gun, "by-sello")
        self.assertEqual([], self.notary.key_files())
        self.notary.publish(self.gun, "by-notary")
        self.assertEqual(3, len(self.notary.key_files()))
        self.sello.publish(self.gun, "by-sello-again")

        for reader in (self.new_notary(), self.new_sello()):
            self.assertEqual({"v1", "by-sello", "by-notary", "by-sello-again"}, reader.targets(self.gun).keys())

    def test_keys_with_their_role_in_the_name_sign(self):
        self.sign_with_old_keys(with_headers=False)

    def test_keys_with_their_role_in_a_header_sign(self):
        self.sign_with_old_keys(with_headers=True)

    def test_roots_signed_for_clients_of_old_are_followed(self):
        self.notary.publish(self.gun, "v1")
        old_readers = (self.new_notary(), self.new_sello())
        for reader in old_readers:
            reader.targets(self.gun)
        self.notary.run("key", "rotate", self.gun, "root", stdin=b"yes\n")
        self.notary.run("key", "rotate", self.gun, "root", "--legacy", "2", stdin=b"yes\n")
        self.notary.publish(self.gun, "v2")

        root = json.loads(self.http().get(f"/v2/{self.gun}/_trust/tuf/root.json").body)
        self.assertEqual(3, root["signed"]["version"])
        self.assertEqual(3, len(root["signatures"]))
        for reader in (*old_readers, self.new_notary(), self.new_sello()):
            self.assertEqual({"v1", "v2"}, reader.targets(self.gun).keys())
