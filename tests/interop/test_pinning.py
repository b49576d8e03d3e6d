"""Which roots notary and sello take: pins, certificates, and what follows the root that is trusted already."""

import json

from harness import x509
from harness.authored import AuthoredCollection, ListedKey
from harness.parity import (NO_AUTHORITY, NO_BUNDLE, NO_FIRST_USE, NO_INTEGRITY, NO_LEAF, NO_PIN, NO_ROTATION,
                            ParityCase)


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
