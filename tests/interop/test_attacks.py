"""A man in the middle who changes or replays what the server answers: the clients refuse it."""

import dataclasses
import re

from harness.case import TrustServiceCase, for_pairs
from harness.docker_case import DockerCase
from harness.notary_client import NotaryClient
from harness.proxy import role_of
from harness.sello_client import NOT_TRUSTED, SelloClient


def tampered(body: bytes) -> bytes:
    """The document with another expiry, and the signatures and the length it had."""
    return re.sub(rb'("expires":"20)\d\d', rb"\g<1>49", body, count=1)


class Meddler:
    """Sits in a proxy: records every document, changes those of one role, or replays recorded ones."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.tamper_role = None
        self.replay_role = None
        self.seen = {}
        self.meddled = 0
        proxy.after = self.answer

    def answer(self, method, path, answer):
        role = role_of(path)
        if method != "GET" or role is None or answer.status != 200:
            return answer
        if role == self.replay_role:
            self.meddled += 1
            return dataclasses.replace(answer, body=self.seen[role])
        if role == self.tamper_role:
            self.meddled += 1
            return dataclasses.replace(answer, body=tampered(answer.body))
        self.seen[role] = answer.body
        return answer


class ClientAttacks:
    """The attacks on one kind of client."""

    reader_kind = NotaryClient
    other_length = "checksum for targets did not match"
    tampered_rotation = "checksum for root did not match"

    def setUp(self):
        self.gun = self.new_gun()
        self.meddler = Meddler(self.new_proxy())
        self.publisher = self.new_notary()
        self.publisher.publish(self.gun, "v1")
        self.reader = self.new_reader()

    def new_reader(self):
        return self.new_notary(self.meddler.proxy.url, self.reader_kind)

    def refuse(self, reason):
        """The client says no, on account of what it was given and for this reason."""
        self.assert_reason(reason, self.reader.refused("list", self.gun))
        self.assertGreater(self.meddler.meddled, 0)

    def assert_reason(self, reason, refusal):
        self.assertIn(reason, refusal.text)

    def test_tampered_document_of_any_role_is_refused(self):
        reasons = {"root": "failed to validate integrity of roots",
                   "timestamp": "valid signatures did not meet threshold for timestamp",
                   "snapshot": "checksum for snapshot did not match",
                   "targets": "checksum for targets did not match"}
        for role, reason in reasons.items():
            with self.subTest(role):
                self.meddler.tamper_role, self.meddler.meddled = role, 0
                self.reader = self.new_reader()
                self.refuse(reason)

    def test_untouched_answers_pass_the_same_proxy(self):
        self.assertEqual({"v1": "targets"}, self.reader.targets(self.gun))

    def test_replayed_timestamp_is_refused_as_a_rollback(self):
        self.reader.targets(self.gun)
        old = self.meddler.seen["timestamp"]
        self.publisher.publish(self.gun, "v2")
        self.reader.targets(self.gun)

        self.meddler.seen["timestamp"], self.meddler.replay_role = old, "timestamp"

        self.refuse("version 1 is lower than current version 2")

    def test_replayed_targets_under_a_new_snapshot_is_refused(self):
        self.reader.targets(self.gun)
        self.meddler.replay_role = "targets"
        self.publisher.publish(self.gun, "v2")

        self.refuse(self.other_length)

    def test_root_of_another_collection_is_refused(self):
        other = self.new_gun()
        self.publisher.publish(other, "v1")
        self.meddler.seen["root"] = self.publisher.metadata(other).joinpath("root.json").read_bytes()
        self.meddler.replay_role = "root"

        self.refuse("unable to retrieve valid leaf certificates")

    def test_a_refused_root_leaves_the_cached_one(self):
        self.reader.targets(self.gun)
        trusted = self.reader.metadata(self.gun).joinpath("root.json").read_bytes()
        self.publisher.run("key", "rotate", self.gun, "root", stdin=b"yes\n")

        self.meddler.tamper_role = "root"

        self.refuse(self.tampered_rotation)
        self.assertEqual(trusted, self.reader.metadata(self.gun).joinpath("root.json").read_bytes())


@for_pairs()
class NotaryAttackSuite(ClientAttacks, TrustServiceCase):
    pass


@for_pairs("sello/sello", "notary/notary")
class SelloAttackSuite(ClientAttacks, TrustServiceCase):
    """The same reasons, and a status that says that the trust data is not to be trusted."""

    reader_kind = SelloClient
    other_length = "bytes as listed, got"
    tampered_rotation = "could not rotate trust to a new trusted root"

    def assert_reason(self, reason, refusal):
        super().assert_reason(reason, refusal)
        self.assertEqual(NOT_TRUSTED, refusal.status, refusal)


@for_pairs("sello/sello", "notary/notary")
class DockerAttackSuite(DockerCase):
    def test_tampered_timestamp_is_refused(self):
        self.push("v1", "one")
        meddler = Meddler(self.new_proxy())
        meddler.tamper_role = "timestamp"

        refusal = self.puller(meddler.proxy.url).refused("pull", f"{self.name}:v1")

        self.assertIn("valid signatures did not meet threshold for timestamp", refusal.text)
        self.assertGreater(meddler.meddled, 0)

    def test_rolled_back_timestamp_is_refused(self):
        self.push("v1", "one")
        meddler = Meddler(self.new_proxy())
        puller = self.puller(meddler.proxy.url)
        puller.run("pull", f"{self.name}:v1")
        old = meddler.seen["timestamp"]
        self.push("v2", "two")
        puller.run("pull", f"{self.name}:v2")
        meddler.seen["timestamp"], meddler.replay_role = old, "timestamp"

        refusal = puller.refused("pull", f"{self.name}:v1")

        self.assertIn("version 1 is lower than current version 2", refusal.text)
        self.assertGreater(meddler.meddled, 0)
