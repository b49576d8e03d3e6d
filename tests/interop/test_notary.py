"""Debian's notary client, through the life of a collection."""

from harness.case import TrustServiceCase, for_pairs


@for_pairs()
class NotaryClientSuite(TrustServiceCase):
    def setUp(self):
        self.gun = self.new_gun()
        self.notary = self.new_notary()

    def reader_targets(self):
        """What a client sees that starts from nothing."""
        return self.new_notary().targets(self.gun)

    def delegate(self, role, name="signer"):
        """Gives the role to a key of another client's. Returns that client."""
        owner = self.new_notary()
        self.notary.delegate(self.gun, role, owner, name)
        return owner

    def test_reader_sees_what_was_published(self):
        self.notary.run("init", self.gun)
        self.notary.add(self.gun, "v1", b"hello\n")
        self.notary.run("publish", self.gun)

        self.assertEqual({"v1": "targets"}, self.reader_targets())

    def test_publish_without_init_makes_the_collection(self):
        self.notary.publish(self.gun, "v1")

        self.assertEqual({"v1": "targets"}, self.reader_targets())

    def test_verify_accepts_the_content_and_nothing_else(self):
        self.notary.publish(self.gun, "v1", b"hello\n")
        reader = self.new_notary()

        self.assertEqual("hello\n", reader.run("verify", self.gun, "v1", stdin=b"hello\n").out)
        self.assertIn("did not match", reader.refused("verify", self.gun, "v1", stdin=b"jello\n").text)

    def test_unknown_collection_has_no_trust_data(self):
        self.assertIn("does not have trust data", self.new_notary().refused("list", self.gun).text)

    def test_removed_target_is_gone(self):
        self.notary.publish(self.gun, "v1")
        self.notary.publish(self.gun, "v2")
        self.notary.run("remove", self.gun, "v1", "-p")

        self.assertEqual({"v2": "targets"}, self.reader_targets())

    def test_targets_key_rotates(self):
        self.notary.publish(self.gun, "v1")
        self.notary.run("key", "rotate", self.gun, "targets")
        self.notary.publish(self.gun, "v2")

        self.assertEqual({"v1": "targets", "v2": "targets"}, self.reader_targets())

    def test_snapshot_key_moves_to_the_server_and_back(self):
        self.notary.publish(self.gun, "v1")
        self.notary.run("key", "rotate", self.gun, "snapshot", "-r")
        self.notary.publish(self.gun, "v2")
        self.assertEqual({"v1", "v2"}, self.reader_targets().keys())

        self.notary.run("key", "rotate", self.gun, "snapshot")
        self.notary.publish(self.gun, "v3")
        self.assertEqual({"v1", "v2", "v3"}, self.reader_targets().keys())

    def test_timestamp_key_rotates(self):
        self.notary.publish(self.gun, "v1")
        reader = self.new_notary()
        reader.targets(self.gun)
        self.notary.run("key", "rotate", self.gun, "timestamp", "-r")
        self.notary.publish(self.gun, "v2")

        self.assertEqual({"v1", "v2"}, reader.targets(self.gun).keys())
        self.assertEqual({"v1", "v2"}, self.reader_targets().keys())

    def test_old_reader_follows_two_root_rotations(self):
        self.notary.publish(self.gun, "v1")
        reader = self.new_notary()
        reader.targets(self.gun)
        for _ in range(2):
            self.notary.run("key", "rotate", self.gun, "root", stdin=b"yes\n")
        self.notary.publish(self.gun, "v2")

        self.assertEqual({"v1", "v2"}, reader.targets(self.gun).keys())
        self.assertEqual({"v1", "v2"}, self.reader_targets().keys())

    def test_delegated_key_publishes_without_the_owners_keys(self):
        self.notary.publish(self.gun, "v1")
        self.notary.run("key", "rotate", self.gun, "snapshot", "-r")
        signer = self.delegate("targets/releases")
        signer.publish(self.gun, "v2", b"two\n", "-r", "targets/releases")

        self.assertEqual({"v1": "targets", "v2": "targets/releases"}, self.reader_targets())
        self.assertEqual(["targets/releases"], self.notary.delegations(self.gun))

    def test_removed_delegation_takes_its_targets_along(self):
        self.notary.publish(self.gun, "v1")
        self.notary.run("key", "rotate", self.gun, "snapshot", "-r")
        signer = self.delegate("targets/releases")
        signer.publish(self.gun, "v2", b"two\n", "-r", "targets/releases")
        self.notary.run("delegation", "remove", self.gun, "targets/releases", "-y", "-p")

        self.assertEqual({"v1": "targets"}, self.reader_targets())
        signer.add(self.gun, "v3", b"three\n", "-r", "targets/releases")
        self.assertIn("delegation does not exist", signer.refused("publish", self.gun).text)

    def test_witness_revives_a_role_whose_signer_left(self):
        self.notary.publish(self.gun, "v1")
        self.notary.run("key", "rotate", self.gun, "snapshot", "-r")
        first = self.delegate("targets/releases", "first")
        first.publish(self.gun, "v2", b"two\n", "-r", "targets/releases")
        second = self.delegate("targets/releases", "second")
        self.notary.run("delegation", "remove", self.gun, "targets/releases", self.key_id(first), "-p")
        self.assertEqual({"v1": "targets"}, self.reader_targets())

        second.run("witness", self.gun, "targets/releases", "-p")

        self.assertEqual({"v1": "targets", "v2": "targets/releases"}, self.reader_targets())

    def key_id(self, client):
        return next((client.trust / "private").glob("*.key")).stem

    def test_deleted_collection_can_be_made_anew(self):
        self.notary.publish(self.gun, "v1")
        self.notary.run("delete", self.gun, "--remote")
        self.assertIn("does not have trust data", self.new_notary().refused("list", self.gun).text)

        self.notary.publish(self.gun, "v2")
        self.assertEqual({"v2": "targets"}, self.reader_targets())

    def test_client_refuses_a_server_of_another_authority(self):
        self.notary.publish(self.gun, "v1")
        stranger = self.new_notary()
        stranger.ca = self.foreign_authority().certificate

        self.assertIn("certificate signed by unknown authority", stranger.refused("list", self.gun).text)
