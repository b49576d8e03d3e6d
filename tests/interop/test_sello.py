"""The sello command, against any server, and out of one trust directory with notary and docker."""

import hashlib
import json
import time

from harness import command
from harness.case import TrustServiceCase, for_pairs
from harness.docker_case import DockerCase
from harness.notary_client import NotaryClient
from harness.passphrases import PASSPHRASE
from harness.sello_client import BAD_COMMAND, NO_ANSWER, NOT_THERE, NOT_TRUSTED, SelloClient
from harness.terminal import run_typing


@for_pairs()
class SelloClientSuite(TrustServiceCase):
    def setUp(self):
        self.gun = self.new_gun()
        self.sello = self.new_sello()

    def readers(self):
        """A notary and a sello that start from nothing."""
        return self.new_notary(), self.new_sello()

    def test_readers_see_what_sello_published(self):
        self.sello.run("init", self.gun)
        self.sello.add(self.gun, "v1", b"hello\n")
        self.sello.run("publish", self.gun)

        for reader in self.readers():
            self.assertEqual({"v1": "targets"}, reader.targets(self.gun))

    def test_target_added_by_digest_is_verified(self):
        content = b"by digest\n"
        self.sello.run("init", self.gun)
        self.sello.run("addhash", self.gun, "v1", len(content), "--sha256", hashlib.sha256(content).hexdigest(), "-p")

        for reader in self.readers():
            self.assertEqual(content.decode(), reader.run("verify", self.gun, "v1", stdin=content).out)
            refusal = reader.refused("verify", self.gun, "v1", stdin=b"something else")
            self.assertIn("not present in the trusted collection", refusal.text)

    def test_lookup_tells_digest_and_size_as_notary_does(self):
        self.sello.publish(self.gun, "v1", b"hello\n")
        notary, sello = self.readers()

        self.assertEqual(notary.run("lookup", self.gun, "v1").out, sello.run("lookup", self.gun, "v1").out)
        self.assertEqual(NOT_THERE, sello.refused("lookup", self.gun, "v2").status)

    def test_status_lists_what_is_staged_until_it_is_published(self):
        self.sello.run("init", self.gun)
        self.sello.add(self.gun, "staged-one", b"hello\n")
        self.assertIn("staged-one", self.sello.run("status", self.gun).out)

        self.sello.run("publish", self.gun)

        self.assertNotIn("staged-one", self.sello.run("status", self.gun).out)

    def test_list_of_an_unknown_collection_is_refused(self):
        refusal = self.sello.refused("list", self.gun)

        self.assertEqual(NOT_THERE, refusal.status, refusal)
        self.assertIn(self.gun, refusal.text)

    def test_exit_statuses_tell_failures_apart(self):
        self.sello.publish(self.gun, "v1", b"hello\n")
        away = SelloClient(self.sello.folder, "https://127.0.0.1:1", self.sello.ca)
        stranger = SelloClient(self.sello.folder, self.sello.url, self.foreign_authority().certificate)

        self.assertEqual(BAD_COMMAND, self.sello.refused("list").status)
        self.assertEqual(BAD_COMMAND, self.sello.refused("no-such-command").status)
        self.assertEqual(NOT_TRUSTED, self.sello.refused("verify", self.gun, "v1", stdin=b"other").status)
        self.assertEqual(NOT_TRUSTED, stranger.refused("list", self.gun).status)
        self.assertEqual(NOT_THERE, self.sello.refused("lookup", self.gun, "v2").status)
        self.assertEqual(NO_ANSWER, away.refused("list", self.gun).status)

    def test_passphrases_are_typed_at_a_terminal(self):
        words = [self.sello.PROGRAM, "-s", self.sello.url, "-d", self.sello.trust, "--tlscacert", self.sello.ca]
        home = {"HOME": str(self.sello.folder)}
        wrong_and_right = ["short", *[PASSPHRASE] * 3, "something else", *[PASSPHRASE] * 4]
        made = command.expect_success(run_typing([*words, "init", self.gun], home, wrong_and_right))

        self.assertIn("Passphrase is too short", made.err)
        self.assertIn("Passphrases do not match", made.err)
        self.assertNotIn(PASSPHRASE, made.text)
        self.sello.add(self.gun, "v1", b"hello\n")
        published = run_typing([*words, "publish", self.gun], home, ["something else", *[PASSPHRASE] * 2])
        command.expect_success(published)
        self.assertIn("Passphrase incorrect", published.err)
        self.assertEqual({"v1": "targets"}, self.new_sello().targets(self.gun))

    def test_offline_shows_what_was_trusted_and_says_so(self):
        self.sello.publish(self.gun, "v1", b"hello\n")
        self.sello.run("list", self.gun)
        away = SelloClient(self.sello.folder, "https://127.0.0.1:1", self.sello.ca)

        outcome = away.run("list", self.gun, "--offline")

        self.assertIn("v1", outcome.out)
        self.assertIn("Offline", outcome.err)

    def test_json_is_all_that_a_script_reads(self):
        staged = json.loads(self.sello.publish(self.gun, "v1", b"hello\n", "--json").out)
        listed = json.loads(self.sello.run("list", self.gun, "--json").out)
        found = json.loads(self.sello.run("lookup", self.gun, "v1", "--json").out)

        self.assertEqual({"gun": self.gun, "done": "staged", "published": True}, staged)
        self.assertEqual([found], listed)
        self.assertEqual(hashlib.sha256(b"hello\n").hexdigest(), found["hashes"]["sha256"])
        self.assertEqual([], json.loads(self.sello.run("status", self.gun, "--json").out))

    def test_a_folder_is_no_file_to_sign(self):
        self.sello.run("init", self.gun)

        self.sello.refused("add", self.gun, "v1", self.sello.folder)

        self.assertIn("No unpublished changes", self.sello.run("status", self.gun).out)

    def test_sello_reads_delegations_and_rotated_keys(self):
        notary = self.new_notary()
        notary.publish(self.gun, "v1")
        reader = self.new_sello()
        self.assertEqual({"v1": "targets"}, reader.targets(self.gun))

        notary.run("key", "rotate", self.gun, "snapshot", "-r")
        notary.run("key", "rotate", self.gun, "targets")
        for _ in range(2):
            notary.run("key", "rotate", self.gun, "root", stdin=b"yes\n")
        notary.publish(self.gun, "v2")

        self.assertEqual({"v1", "v2"}, reader.targets(self.gun).keys())

    def test_one_trust_directory_serves_both_clients(self):
        notary = self.new_notary()
        sello = SelloClient(notary.folder, notary.url, notary.ca, notary.trust)
        notary.publish(self.gun, "by-notary", b"one\n")
        sello.publish(self.gun, "by-sello", b"two\n")
        notary.add(self.gun, "staged-by-notary", b"three\n")
        sello.run("publish", self.gun)
        sello.add(self.gun, "staged-by-sello", b"four\n")
        notary.run("publish", self.gun)

        names = {"by-notary", "by-sello", "staged-by-notary", "staged-by-sello"}
        for reader in (notary, sello, *self.readers()):
            self.assertEqual(names, reader.targets(self.gun).keys())

    def test_notary_takes_over_what_sello_began(self):
        self.sello.run("init", self.gun)
        notary = NotaryClient(self.sello.folder, self.sello.url, self.sello.ca, self.sello.trust)
        notary.publish(self.gun, "v1")
        notary.run("key", "rotate", self.gun, "targets")
        notary.run("key", "rotate", self.gun, "root", stdin=b"yes\n")
        self.sello.publish(self.gun, "v2")

        for reader in self.readers():
            self.assertEqual({"v1", "v2"}, reader.targets(self.gun).keys())


@for_pairs("sello/sello")
class SignerAwaySuite(TrustServiceCase):
    def test_publishers_are_told_and_what_they_staged_goes_out_once_it_is_back(self):
        gun = self.new_gun()
        sello = self.new_sello()
        sello.publish(gun, "v1")
        sello.add(gun, "v2", b"x\n")
        self.service.signer.stop()

        self.assertIn("signer is away, so nothing was published; try again", sello.refused("publish", gun).text)
        begun = sello.refused("init", self.new_gun())
        self.assertEqual(NO_ANSWER, begun.status)
        self.assertIn("its signer may be away, try again", begun.text)

        self.service.signer.start()
        deadline = time.monotonic() + 20
        while not (outcome := sello.try_run("publish", gun)).ok:  # The server connects again in its own time.
            self.assertLess(time.monotonic(), deadline, outcome)
        self.assertEqual({"v1", "v2"}, self.new_notary().targets(gun).keys())


@for_pairs("sello/sello", "notary/notary")
class SelloWithDockerSuite(DockerCase):
    def setUp(self):
        super().setUp()
        self.sello = self.sharing(SelloClient)

    def sharing(self, kind):
        """A client that works in docker's own trust directory."""
        return kind(self.workspace.folder("sharing"), self.docker.url, self.service.authority.certificate,
                    self.docker.trust)

    def test_docker_pulls_what_sello_signed(self):
        image = self.push("v1", "one", trust=False)
        digest = self.registry.digest(self.repository, "v1").removeprefix("sha256:")
        size = len(self.registry.manifest(self.repository, "v1"))
        self.sello.run("init", self.name)
        self.sello.run("addhash", self.name, "v1", size, "--sha256", digest, "-p")
        puller = self.puller()

        puller.run("pull", f"{self.name}:v1")

        self.assertEqual(image, puller.image_id(f"{self.name}:v1"))
        self.assertEqual(digest, self.docker.trust_report(self.name)["SignedTags"][0]["Digest"])

    def test_sello_and_notary_verify_what_docker_signed(self):
        self.push("v1", "one")
        manifest = self.registry.manifest(self.repository, "v1")

        for client in (self.sello, self.sharing(NotaryClient), self.new_sello(), self.new_notary()):
            self.assertEqual({"v1": "targets"}, client.targets(self.name))
            self.assertEqual(manifest.decode(), client.run("verify", self.name, "v1", stdin=manifest).out)

    def test_docker_and_sello_sign_out_of_one_trust_directory(self):
        self.push("v1", "one")
        self.push("v2", "two", trust=False)
        digest = self.registry.digest(self.repository, "v2").removeprefix("sha256:")
        size = len(self.registry.manifest(self.repository, "v2"))
        self.sello.run("addhash", self.name, "v2", size, "--sha256", digest, "-p")
        self.push("v3", "three")
        puller = self.puller()

        for tag in ("v1", "v2", "v3"):
            puller.run("pull", f"{self.name}:{tag}")
