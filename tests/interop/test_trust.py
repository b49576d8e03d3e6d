"""notary and sello judge the same documents: what one verifies the other does, and what one refuses the other does."""

import json

from harness import x509
from harness.authored import AuthoredCollection, ListedKey, canonical
from harness.parity import NO_INTEGRITY, NO_THRESHOLD, ParityCase
from harness.sello_client import NOT_THERE, SelloClient


class DelegationSuite(ParityCase):
    def test_keys_of_every_kind_are_accepted(self):
        for kind in ("p256", "p384", "rsa2048", "ed25519"):
            self.collection.delegate(f"targets/{kind}", kind)
        self.publish()
        self.both_accept("v1", "targets-p256", "targets-p384", "targets-rsa2048", "targets-ed25519")

    def test_a_certificate_of_any_name_and_age_may_sign(self):
        delegation = self.collection.delegate("targets/a")
        delegation.keys = [self.collection.root_key("somebody", ends=-1)]
        self.publish()
        self.both_accept("v1", "targets-a")

    def test_a_short_key_is_left_out(self):
        self.collection.delegate("targets/a", "rsa1024")
        self.leaves_out("targets-a")

    def leaves_out(self, *names: str, kept: tuple[str, ...] = ("v1",)):
        self.publish()
        for outcome in self.both_accept(*kept):
            for name in names:
                self.assertNotIn(name, outcome.out)
            self.assertIn("targets/a", outcome.err)

    def test_an_expired_one_is_left_out_with_all_below_it(self):
        self.collection.delegate("targets/a", expires=-1)
        self.collection.delegate("targets/a/b")
        self.collection.delegate("targets/c")
        self.leaves_out("targets-a", "targets-a-b", kept=("v1", "targets-c"))

    def test_one_signed_by_others_is_left_out(self):
        self.collection.delegate("targets/a").signers = [ListedKey(self.collection.new_key())]
        self.leaves_out("targets-a")

    def test_sello_tells_why_a_target_of_one_left_out_is_not_there(self):
        self.collection.delegate("targets/a").signers = [ListedKey(self.collection.new_key())]
        self.publish()
        sello = SelloClient(self.workspace.folder("sello"), self.server.url, self.unused_ca)
        refusal = sello.refused("verify", self.gun, "targets-a", "--explain", stdin=b"x")
        self.assertEqual(NOT_THERE, refusal.status)
        self.assertIn("No valid trust data for targets-a; left out targets/a: valid signatures did not", refusal.err)
        self.assertRegex(refusal.err, r"(?m)^check +signatures$")
        self.assertRegex(refusal.err, r"(?m)^[0-9a-f]{64} +no ")

    def test_one_short_of_its_threshold_is_left_out(self):
        delegation = self.collection.delegate("targets/a")
        delegation.keys.append(ListedKey(self.collection.new_key()))
        delegation.threshold = 2
        self.publish()
        self.both_accept("v1", "targets-a")
        delegation.signers = delegation.keys[:1]
        self.leaves_out("targets-a")

    def test_one_that_the_server_lacks_refuses_all(self):
        self.collection.delegate("targets/a")
        self.publish()
        for name in [name for name in self.collection.files if name.startswith("targets/a.")]:
            del self.collection.files[name]
        self.both_refuse_somehow()

    def test_one_with_other_bytes_than_listed_refuses_all(self):
        self.collection.delegate("targets/a")
        self.publish()
        for name in [name for name in self.collection.files if name.startswith("targets/a.")]:
            self.collection.files[name] = self.collection.files[name].replace(b"300", b"301").replace(b"Z", b"z")
        self.both_refuse("checksum for targets/a did not match")

    def test_one_that_the_snapshot_does_not_list_is_ignored(self):
        self.collection.delegate("targets/a")
        documents = self.publish()
        del self.collection.delegations["targets/a"]
        self.collection.content["listed-only"] = b"x"
        targets = documents["targets"]
        self.collection.targets.sign = lambda payload: targets
        self.publish()
        self.both_accept("v1")

    def test_older_versions_than_the_cached_are_refused(self):
        delegation = self.collection.delegate("targets/a", version=7)
        self.cached = self.publish()
        delegation.version = 6
        for role in (self.collection.targets, self.collection.snapshot, self.collection.timestamp):
            role.version += 1
        self.publish()
        self.both_refuse("version 6 is lower than current version 7")

    def test_names_outside_the_paths_are_not_listed(self):
        self.collection.delegate("targets/a", paths=("a-",), targets={"a-1": b"x", "b-1": b"x"})
        self.collection.delegate("targets/a/b", paths=("a-b", "c-"), targets={"a-b": b"x", "a-c": b"x", "c-1": b"x"})
        self.collection.delegate("targets/c", paths=(), targets={"nothing": b"x"})
        self.publish()
        self.both_accept("v1", "a-1", "a-b")

    def test_the_first_role_with_a_name_has_it(self):
        for role in ("targets/a", "targets/a/b", "targets/c"):
            self.collection.delegate(role, targets={"v1": role.encode(), "x": role.encode(), role[-1]: b"x"})
        self.publish()
        self.both_accept("v1", "x", "a", "b", "c")


class TopLevelRoleSuite(ParityCase):
    def test_thresholds_of_two(self):
        for role in ("root", "targets", "snapshot", "timestamp"):
            with self.subTest(role):
                self.collection = AuthoredCollection(self.gun, self.keys)
                rule = getattr(self.collection, role)
                rule.keys.append(self.collection.root_key() if role == "root" else ListedKey(self.collection.new_key()))
                rule.threshold = 2
                self.publish()
                self.both_accept()
                rule.signers = rule.keys[1:]
                self.publish()
                self.both_refuse(NO_INTEGRITY if role == "root" else f"{NO_THRESHOLD} for {role}")

    def test_what_is_past_its_end_is_refused(self):
        for role in ("targets", "snapshot", "timestamp"):
            with self.subTest(role):
                self.collection = AuthoredCollection(self.gun, self.keys)
                getattr(self.collection, role).expires = -1
                self.publish()
                self.both_refuse(f"{role} expired at")

    def test_roles_may_have_keys_of_every_kind(self):
        for kind in ("p384", "rsa2048", "ed25519"):
            with self.subTest(kind):
                for role in (self.collection.targets, self.collection.snapshot, self.collection.timestamp):
                    role.keys = [ListedKey(self.collection.new_key(kind))]
                self.publish()
                self.both_accept()

    def test_one_key_under_two_ids_counts_once_for_sello(self):
        key = self.collection.targets.keys[0].key
        self.collection.targets.keys.append(ListedKey(key, x509.make_certificate("x", key)))
        self.collection.targets.threshold = 2
        self.publish()
        self.only_sello_refuses(f"{NO_THRESHOLD} for targets")


def put(*path_and_value):
    """An edit of one member, named by its path."""
    *path, last, value = path_and_value

    def edit(payload):
        for step in path:
            payload = payload[step]
        payload[last] = value
    return edit


def drop(*path):
    *path, last = path

    def edit(payload):
        for step in path:
            payload = payload[step]
        del payload[last]
    return edit


class DocumentSuite(ParityCase):
    """Documents that are signed as they should be, and bent before or after."""

    def bend(self, role: str, edit=None, bend=None):
        self.collection = AuthoredCollection(self.gun, self.keys)
        self.collection.delegate("targets/a")
        rule = self.collection.delegations.get(role) or getattr(self.collection, role)
        rule.edit = edit or rule.edit
        rule.bend = bend or rule.bend
        self.publish()

    def test_what_both_refuse(self):
        for role, edit, reason in (
                ("root", put("_type", "root"), "expected type Root, not root"),
                ("targets", put("_type", "Snapshot"), "expected type Targets, not Snapshot"),
                ("targets/a", put("_type", "Root"), "expected type Targets, not Root"),
                ("timestamp", put("version", 0), "version cannot be less than one"),
                ("snapshot", put("version", -1), "version cannot be less than one"),
                ("targets", put("x", 1.5), "unsupported value: 1.5"),
                ("root", drop("roles", "snapshot"), "missing snapshot role specification"),
                ("root", put("roles", "targets", "threshold", 0), "invalid threshold specified for targets: 0"),
                ("root", put("roles", "targets", "keyids", ["0" * 64]), "without corresponding key"),
                ("targets", put("delegations", "roles", 0, "threshold", -1), "invalid threshold specified for targets/a: -1"),
                ("targets", put("delegations", "keys", {}), "without corresponding key"),
                ("targets", put("delegations", "roles", 0, "name", "targets/x/y"), "delegation role targets/x/y invalid"),
                ("targets", put("delegations", "roles", 0, "name", "targets/../x"), "delegation role targets/../x invalid"),
                ("targets", put("expires", "2020-01-01T00:00:00Z"), "targets expired at Wed Jan 1 00:00:00 UTC 2020")):
            with self.subTest((role, reason)):
                self.bend(role, edit)
                self.both_refuse(reason)

    def test_what_both_refuse_in_words_of_their_own(self):
        for role, edit in (("targets", drop("expires")), ("targets", put("expires", "2040-01-01")),
                           ("snapshot", put("version", "1")), ("timestamp", drop("meta", "snapshot")),
                           ("snapshot", drop("meta", "root")), ("snapshot", drop("meta", "targets", "hashes", "sha256")),
                           ("snapshot", put("meta", "targets", "hashes", "sha512", "AAAA")),
                           ("targets", put("version", 2**63))):
            with self.subTest(role):
                self.bend(role, edit)
                self.both_refuse_somehow()

    def test_what_both_accept(self):
        for role, edit in (("targets", put("expires", "2040-01-01T00:00:00.123456789Z")),
                           ("targets", put("expires", "2040-01-01T00:00:00+02:00")),
                           ("root", put("spec_version", "1.0.0")), ("snapshot", drop("meta", "targets", "hashes", "sha512")),
                           ("root", put("roles", "mirror", {"keyids": [], "threshold": 1})),
                           ("root", put("consistent_snapshot", True)), ("targets", put("targets", "a<&>\"\\ é", {
                               "hashes": {"sha256": "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="}, "length": 6})),
                           ("targets", put("targets", "v1", "custom", {"b": [None, True], "a": 1})),
                           ("targets", put("delegations", "roles", 0, "threshold", 5)),
                           ("targets", put("delegations", "roles", 0, "keyids", []))):
            with self.subTest(role):
                self.bend(role, edit)
                self.both_accept()

    def test_the_form_of_a_document_does_not_matter(self):
        for role, bend in (("root", lambda document: json.dumps(json.loads(document), indent=1).encode()),
                           ("snapshot", lambda document: document + b"\n"),
                           ("root", lambda document: document.replace(b'"method":"ecdsa"', b'"method":"ECDSA"')),
                           ("timestamp", with_signatures(lambda real: [
                               {"keyid": "0" * 64, "method": "ecdsa", "sig": "AAAA"}, *real])),
                           ("targets", with_signatures(lambda real: real * 2))):
            with self.subTest(role):
                self.bend(role, bend=bend)
                self.both_accept()

    def test_signatures_have_to_be_there_and_fit(self):
        for bend, reason in ((with_signatures(lambda real: []), "tuf: data has no signatures"),
                             (lambda document: document.replace(b'"ecdsa","sig"', b'"rsapss","sig"'), NO_THRESHOLD),
                             (lambda document: document.replace(b'"expires":"20', b'"expires":"21'), NO_THRESHOLD)):
            with self.subTest(reason):
                self.bend("timestamp", bend=bend)
                self.both_refuse(reason)

    def test_an_id_has_to_be_that_of_its_key(self):
        self.collection.targets.keys[0].id = "1" * 64
        self.publish()
        self.both_refuse("key ID is not valid for key content")

    def test_what_only_sello_refuses(self):
        """Versions beyond 32 bits, lengths other than listed, and what RFC 3339 and JSON do not allow."""
        for role, edit, reason in (("timestamp", put("version", 2**31), "2147483648"),
                                   ("targets", put("expires", "2040-01-01T00:00:00+24:00"), "RFC 3339"),
                                   ("timestamp", lambda payload: put("meta", "snapshot", "length", payload["meta"][
                                       "snapshot"]["length"] + 1)(payload), "bytes as listed")):
            with self.subTest(reason):
                self.bend(role, edit)
                self.only_sello_refuses(reason)
        self.bend("timestamp", bend=lambda document: document.replace(b'"signed":', b'"SIGNED":'))
        self.only_sello_refuses("signed")


def with_signatures(change):
    def bend(document):
        value = json.loads(document)
        return canonical({**value, "signatures": change(value["signatures"])})
    return bend
