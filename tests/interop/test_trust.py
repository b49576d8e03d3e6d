"""notary and sello judge the same collections: what one verifies the other does, and what one refuses the other does."""

import concurrent.futures
import json
import unittest

from harness import pki, x509
from harness.authored import AuthoredCollection, ListedKey, canonical
from harness.case import TrustServiceCase, for_pairs
from harness.notary_client import NotaryClient, opened_key
from harness.passphrases import PASSPHRASE
from harness.sello_client import SelloClient
from harness.signing_key import KeyPool
from harness.static_server import StaticTrustServer
from harness.workspace import Workspace

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


class PinnedCertificateSuite(ParityCase):
    def setUp(self):
        super().setUp()
        self.publish()
        self.id = self.collection.root.keys[0].id

    def test_the_pinned_certificate_is_accepted(self):
        self.pinning = {"certs": {self.gun: [self.id]}, "disable_tofu": True}
        self.both_accept()

    def test_another_certificate_is_refused(self):
        self.pinning = {"certs": {self.gun: ["0" * 64]}}
        self.both_refuse(NO_PIN)

    def test_an_empty_list_pins_to_nothing(self):
        self.pinning = {"certs": {self.gun: []}}
        self.both_refuse(NO_PIN)

    def test_the_exact_name_wins_over_a_prefix(self):
        self.pinning = {"certs": {self.gun: [self.id], "parity/*": ["0" * 64]}}
        self.both_accept()

    def test_the_longest_prefix_wins(self):
        self.pinning = {"certs": {"parity/*": ["0" * 64], "*": [self.id]}}
        self.both_refuse(NO_PIN)
        self.pinning = {"certs": {"parity/*": [self.id], "*": ["0" * 64]}}
        self.both_accept()

    def test_a_pin_without_a_star_is_for_that_name_only(self):
        self.pinning = {"certs": {"parity/": ["0" * 64]}}
        self.both_accept()

    def test_a_pin_with_capitals_is_for_both_spellings_for_sello(self):
        self.pinning = {"certs": {self.gun.upper(): ["0" * 64]}}
        self.both_refuse(NO_PIN)
        self.gun = "parity/Capital"
        self.collection = AuthoredCollection(self.gun, self.keys)
        self.publish()
        self.pinning = {"certs": {self.gun: ["0" * 64]}}
        self.only_sello_refuses(NO_PIN)

    def test_certificates_win_over_an_authority(self):
        self.pinning = {"certs": {"parity/*": [self.id]}, "ca": {self.gun: "/no/such/file"}}
        self.both_accept()

    def test_pins_are_not_for_what_is_cached_already(self):
        self.cached = {"root": self.collection.files["root.json"]}
        self.pinning = {"certs": {self.gun: ["0" * 64]}}
        self.both_accept()

    def test_without_first_use_only_what_is_pinned_is_accepted(self):
        self.pinning = {"certs": {"other/*": [self.id]}, "disable_tofu": True}
        self.both_refuse(NO_FIRST_USE)

    def test_only_signatures_of_pinned_certificates_count(self):
        self.collection.root.keys.append(self.collection.root_key())
        self.collection.root.threshold = 2
        self.publish()
        self.both_accept()
        self.pinning = {"certs": {self.gun: [self.id]}}
        self.both_refuse(NO_INTEGRITY)


class PinnedAuthoritySuite(ParityCase):
    def setUp(self):
        super().setUp()
        self.authority = x509.Issuer("parity authority", self.collection.new_key())
        self.issue()

    def issue(self, **options):
        options = {"issuer": self.authority, **options}
        self.collection.root.keys = [self.collection.root_key(**options)]
        self.publish()

    def pin(self, *certificates: bytes, prefix: str | None = None):
        bundle = self.workspace.file(b"".join(certificates), "authorities.pem")
        self.pinning = {"ca": {self.gun if prefix is None else prefix: str(bundle)}, "disable_tofu": True}

    def test_a_certificate_of_the_authority_is_accepted(self):
        for prefix in (self.gun, "parity/", ""):
            with self.subTest(prefix):
                self.pin(self.authority.certificate, prefix=prefix)
                self.both_accept()

    def test_a_certificate_of_another_authority_is_refused(self):
        self.pin(x509.Issuer("parity authority", self.collection.new_key()).certificate)
        self.both_refuse(NO_PIN)

    def test_a_self_made_certificate_is_refused(self):
        self.issue(issuer=None)
        self.pin(self.authority.certificate)
        self.both_refuse(NO_PIN)

    def test_the_longest_prefix_wins(self):
        self.pin(self.authority.certificate)
        self.pinning["ca"]["parity/"] = "/no/such/file"
        self.both_accept()
        self.pinning["ca"][self.gun + "x"] = "/no/such/file"
        self.both_accept()

    def test_the_authority_of_another_prefix_leaves_first_use(self):
        self.pin(self.authority.certificate, prefix="other/")
        self.both_refuse(NO_FIRST_USE)
        self.pinning["disable_tofu"] = False
        self.both_accept()

    def test_a_missing_bundle_is_refused(self):
        self.pinning = {"ca": {self.gun: "/no/such/file"}}
        self.both_refuse(NO_BUNDLE)

    def test_sello_looks_for_a_bundle_beside_its_configuration(self):
        """notary looks in the working directory."""
        self.pinning = {"ca": {self.gun: "no-such-file.pem"}}
        _, sello = self.both_refuse(NO_BUNDLE)
        self.assertIn("selloclient", sello.text.partition("no-such-file.pem")[0].rpartition(NO_BUNDLE)[2])

    def test_a_bundle_with_anything_else_in_it_is_refused(self):
        key = self.collection.root.keys[0].key.file.read_bytes()
        for content in (b"", b"junk", self.authority.certificate + key):
            with self.subTest(content[:40]):
                self.pin(content)
                self.both_refuse(NO_BUNDLE)

    def test_text_between_the_certificates_of_a_bundle_is_skipped(self):
        self.pin(b"# Issuer: somebody\n", self.authority.certificate, b"\n# the end\n")
        self.both_accept()

    def test_a_bundle_of_authorities_past_their_end_is_refused(self):
        self.pin(x509.Issuer("parity authority", self.authority.key, ends=-1).certificate)
        self.both_refuse(NO_AUTHORITY)

    def test_an_intermediate_stands_in_the_root_key(self):
        between = x509.Issuer("between", self.collection.new_key(), self.authority)
        self.pin(self.authority.certificate)
        self.issue(issuer=between)
        self.both_refuse(NO_PIN)
        self.issue(issuer=between, behind=between.certificate)
        self.both_accept()

    def test_an_intermediate_may_be_the_pinned_authority(self):
        between = x509.Issuer("between", self.collection.new_key(), self.authority)
        self.issue(issuer=between)
        self.pin(between.certificate)
        self.both_accept()

    def test_an_intermediate_has_to_be_current_even_on_first_use(self):
        for ends in (-1, 300):
            between = x509.Issuer("between", self.collection.new_key(), self.authority, ends=ends)
            self.issue(issuer=between, behind=between.certificate)
            self.pinning = {}
            self.both_accept() if ends > 0 else self.both_refuse("could not validate the path to a trusted root")

    def test_usages_have_to_admit_server_authentication(self):
        self.pin(self.authority.certificate)
        for usages, accepted in (((x509.CODE_SIGNING,), False), ((x509.SERVER_AUTH,), True), ((x509.ANY_USAGE,), True),
                                 ((x509.CODE_SIGNING, x509.SERVER_AUTH), True)):
            with self.subTest(usages):
                self.issue(usages=usages)
                self.both_accept() if accepted else self.both_refuse(NO_PIN)

    def test_usages_of_the_authority_count_too(self):
        self.authority = x509.Issuer("parity authority", self.collection.new_key(), usages=(x509.CODE_SIGNING,))
        self.issue()
        self.pin(self.authority.certificate)
        self.both_refuse(NO_PIN)

    def test_key_usage_of_the_leaf_does_not_matter(self):
        self.pin(self.authority.certificate)
        self.issue(key_usage=x509.CERTIFICATE_SIGNING)
        self.both_accept()

    def test_what_signs_for_others_has_to_be_an_authority(self):
        for options in ({"is_ca": False}, {"is_ca": None}, {"key_usage": x509.DIGITAL_SIGNATURE}):
            with self.subTest(options):
                self.authority = x509.Issuer("parity authority", self.collection.new_key(), **options)
                self.issue()
                self.pin(self.authority.certificate)
                self.both_refuse(NO_PIN)

    def test_the_leaf_itself_may_be_pinned(self):
        self.issue(issuer=None)
        key = self.collection.root.keys[0].key
        certificate = x509.make_certificate(self.gun, key)
        self.collection.root.keys = [ListedKey(key, certificate)]
        self.publish()
        self.pin(certificate)
        self.both_accept()

    def test_a_leaf_of_tomorrow_needs_first_use(self):
        self.issue(begins=0.5)
        self.both_accept()
        self.pin(self.authority.certificate)
        self.both_refuse(NO_PIN)

    def test_a_rotated_root_needs_no_authority_while_the_old_one_is_current(self):
        self.cached = {"root": self.collection.files["root.json"]}
        self.pin(self.authority.certificate)
        self.collection.rotate_root()
        self.publish()
        self.both_accept()
        self.cached = {}
        self.both_refuse(NO_PIN)


class RootCertificateSuite(ParityCase):
    def root(self, *arguments, **options):
        self.collection.root.keys = [self.collection.root_key(*arguments, **options)]
        self.publish()

    def test_names(self):
        table = {self.gun: True, "parity/*": True, "*": True, self.gun + "*": True, "parity/**": True, "parity/": False,
                 "parity*/names": False, "other": False, "": False, self.gun.upper(): False, self.gun + "/": False}
        for name, accepted in table.items():
            with self.subTest(name):
                self.root(name)
                self.both_accept() if accepted else self.both_refuse(NO_LEAF)

    def test_dates(self):
        for begins, ends, accepted in ((-2, -1, False), (-2, -0.001, False), (-2, 0.01, True), (0.9, 10, True),
                                       (1.1, 10, False), (5, 4, False), (-4, -5, False)):
            with self.subTest((begins, ends)):
                self.root(begins=begins, ends=ends)
                self.both_accept() if accepted else self.both_refuse(NO_LEAF)

    def test_algorithms(self):
        for kind, digest, accepted in (("p256", "sha1", False), ("rsa2048", "sha1", False), ("rsa2048", "sha256", True),
                                       ("rsa1024", "sha256", False), ("p384", "sha256", True)):
            with self.subTest((kind, digest)):
                self.root(kind=kind, digest=digest)
                self.both_accept() if accepted else self.both_refuse(NO_LEAF)

    def test_authorities_among_the_certificates(self):
        authority = x509.Issuer("authority", self.collection.new_key()).certificate
        other_leaf = x509.make_certificate(self.gun, self.collection.new_key())
        odd_authority = x509.make_certificate(self.gun, self.collection.new_key(), is_ca=True,
                                              key_usage=x509.DIGITAL_SIGNATURE)
        for options, behind, accepted in (({"is_ca": True}, b"", False), ({"is_ca": None}, b"", True),
                                          ({"is_ca": True, "key_usage": x509.DIGITAL_SIGNATURE}, b"", False),
                                          ({}, authority, True), ({}, other_leaf, False), ({}, odd_authority, True),
                                          ({"is_ca": True}, other_leaf, False)):
            with self.subTest((options, behind[:60])):
                self.root(behind=behind, **options)
                self.both_accept() if accepted else self.both_refuse(NO_LEAF)

    def test_a_bare_key_is_no_root_key(self):
        self.collection.root.keys = [ListedKey(self.collection.new_key())]
        self.publish()
        self.both_refuse(NO_LEAF)

    def test_only_usable_certificates_count(self):
        past = self.collection.root_key(ends=-1)
        self.collection.root.keys.append(past)
        self.collection.root.signers = [past]
        self.publish()
        self.both_refuse(NO_INTEGRITY)
        self.collection.root.signers = None
        self.publish()
        self.both_accept()


class CachedRootSuite(ParityCase):
    """A client that was here before."""

    def setUp(self):
        super().setUp()
        self.cached = {"root": self.publish()["root"]}

    def test_two_rotations_are_followed(self):
        for _ in range(2):
            self.collection.rotate_root()
            self.publish()
        self.both_accept()

    def test_a_root_that_the_old_one_did_not_sign_is_refused(self):
        self.collection.rotate_root()
        self.collection.root.signers = self.collection.root.keys
        self.publish()
        self.both_refuse(NO_ROTATION)

    def test_a_missing_root_on_the_way_is_refused(self):
        for _ in range(2):
            self.collection.rotate_root()
            self.publish()
        del self.collection.files["2.root.json"]
        self.both_refuse_somehow()

    def test_metadata_past_its_end_on_the_way_does_not_matter(self):
        for expires in (-1, 300):
            self.collection.rotate_root()
            self.collection.root.expires = expires
            self.publish()
        self.both_accept()

    def test_a_root_past_its_end_is_refused(self):
        self.collection.root.expires = -1
        self.cached = {"root": self.publish()["root"]}
        self.both_refuse("root expired at")
        self.cached = {}
        self.both_refuse("root expired at")

    def test_an_expired_root_gives_way_to_the_next(self):
        self.expire_and_rotate()
        self.both_accept()

    def expire_and_rotate(self, times: int = 1):
        self.collection.root.expires = -1
        self.cached = {"root": self.publish()["root"]}
        for _ in range(times):
            self.collection.rotate_root()
            self.publish()

    def test_the_next_root_after_an_expired_one_needs_its_signature(self):
        self.expire_and_rotate()
        self.collection.root.signers = self.collection.root.keys
        self.publish()
        self.both_refuse(NO_ROTATION)

    def test_the_next_root_after_an_expired_one_has_to_be_as_pinned(self):
        self.expire_and_rotate()
        self.pinning = {"certs": {self.gun: ["0" * 64]}}
        self.both_refuse(NO_PIN)
        self.pinning = {"certs": {self.gun: [self.collection.root.keys[0].id]}}
        self.both_accept()
        self.pinning = {"ca": {self.gun: "/no/such/file"}}
        self.both_refuse(NO_BUNDLE)

    def test_the_next_root_after_an_expired_one_is_no_first_use(self):
        self.expire_and_rotate()
        self.pinning = {"disable_tofu": True}
        self.both_accept()

    def test_sello_walks_from_an_expired_root_too(self):
        self.expire_and_rotate(times=2)
        self.only_sello_accepts(NO_ROTATION)

    def test_a_certificate_past_its_end_ends_the_cached_root(self):
        self.collection.root.keys = [self.collection.root_key(ends=-1)]
        self.cached = {"root": self.publish()["root"]}
        self.both_refuse(NO_LEAF)

    def test_sello_lets_an_expired_certificate_give_way_to_the_next(self):
        self.collection.root.keys = [self.collection.root_key(ends=-1)]
        self.cached = {"root": self.publish()["root"]}
        self.collection.rotate_root()
        self.publish()
        self.only_sello_accepts(NO_LEAF)

    def test_an_older_root_is_refused(self):
        old = dict(self.collection.files)
        self.collection.root.version = 5
        self.cached = {"root": self.publish()["root"]}
        self.collection.files = old
        self.server.files[self.gun] = old
        self.both_refuse("version 1 is lower than current version 5")

    def test_a_damaged_cached_root_is_refused(self):
        self.cached = {"root": self.cached["root"].replace(b'"version":1', b'"version":2')}
        self.both_refuse_somehow()

    def test_older_versions_than_the_cached_are_refused(self):
        for role in ("timestamp", "snapshot", "targets"):
            with self.subTest(role):
                old = AuthoredCollection(self.gun, self.keys)
                getattr(old, role).version = 7
                self.cached = old.publish()
                getattr(old, role).version = 6
                for later in ("timestamp", "snapshot", "targets")[:("timestamp", "snapshot", "targets").index(role)]:
                    getattr(old, later).version += 1
                old.publish()
                self.server.files[self.gun] = old.files
                self.both_refuse("version 6 is lower than current version 7")


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
