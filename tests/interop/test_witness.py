"""A role whose signer left is witnessed, by sello as by notary."""

from harness.case import TrustServiceCase, for_pairs
from harness.sello_client import SelloClient


@for_pairs("sello/sello", "notary/notary")
class WitnessSuite(TrustServiceCase):
    """A delegation whose signer left, and one who signs in their place."""

    ROLE = "targets/releases"

    def setUp(self):
        self.gun = self.new_gun()
        owner, first, self.second = self.new_notary(), self.new_notary(), self.new_notary()
        owner.publish(self.gun, "v1")
        owner.run("key", "rotate", self.gun, "snapshot", "-r")
        owner.delegate(self.gun, self.ROLE, first, "first")
        first.publish(self.gun, "v2", b"two\n", "-r", self.ROLE)
        owner.delegate(self.gun, self.ROLE, self.second, "second")
        owner.run("delegation", "remove", self.gun, self.ROLE, first.key_files()[0].stem, "-p")
        self.sello = SelloClient(self.second.folder, self.second.url, self.second.ca, self.second.trust)

    def assert_readers_see(self, targets):
        for reader in (self.new_notary(), self.new_sello()):
            self.assertEqual(targets, reader.targets(self.gun))

    def test_sello_publishes_what_was_marked_for_witnessing(self):
        self.assert_readers_see({"v1": "targets"})
        self.second.run("witness", self.gun, self.ROLE)

        self.sello.run("publish", self.gun)

        self.assert_readers_see({"v1": "targets", "v2": self.ROLE})

    def test_sello_publishes_nothing_over_it_before_that(self):
        self.sello.add(self.gun, "v3", b"three\n", "-r", self.ROLE)

        self.assertIn("witness it first", self.sello.refused("publish", self.gun).text)

        self.assert_readers_see({"v1": "targets"})
