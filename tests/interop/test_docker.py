"""A docker engine and the docker command with content trust."""

from harness.case import for_pairs
from harness.docker_case import DockerCase


@for_pairs()
class DockerContentTrustSuite(DockerCase):
    def add_signer(self, signer):
        """Makes a key for the signer and lets it sign here."""
        keys = self.workspace.folder("keys")
        self.docker.run("trust", "key", "generate", signer, "--dir", keys)
        self.docker.run("trust", "signer", "add", "--key", keys / f"{signer}.pub", signer, self.name)

    def test_push_signs_and_pull_on_a_clean_engine_verifies(self):
        image = self.push("v1", "one")
        puller = self.puller()

        puller.run("pull", f"{self.name}:v1")

        self.assertEqual(image, puller.image_id(f"{self.name}:v1"))

    def test_unsigned_tag_of_a_signed_repository_is_refused(self):
        self.push("v1", "one")
        self.push("v2", "two", trust=False)

        self.assertIn("No valid trust data for v2", self.puller().refused("pull", f"{self.name}:v2").text)

    def test_repository_without_trust_data_is_refused(self):
        self.push("v1", "one", trust=False)

        self.assertIn("does not have trust data", self.puller().refused("pull", f"{self.name}:v1").text)

    def test_swapped_tag_is_pulled_by_its_signed_digest(self):
        image = self.push("v1", "one")
        self.push("v1", "another", trust=False)
        puller = self.puller()

        puller.run("pull", f"{self.name}:v1")

        self.assertEqual(image, puller.image_id(f"{self.name}:v1"))

    def test_swapped_tag_is_refused_when_the_signed_image_is_gone(self):
        self.push("v1", "one")
        signed = self.registry.digest(self.repository, "v1")
        self.push("v1", "another", trust=False)
        self.registry.delete_manifest(self.repository, signed)

        self.assertIn("manifest unknown", self.puller().refused("pull", f"{self.name}:v1").text)

    def test_inspect_tells_tag_digest_and_keys(self):
        self.push("v1", "one")

        report = self.docker.trust_report(self.name)

        digest = self.registry.digest(self.repository, "v1").removeprefix("sha256:")
        self.assertEqual([{"SignedTag": "v1", "Digest": digest, "Signers": ["Repo Admin"]}], report["SignedTags"])
        self.assertEqual({"Root", "Repository"}, {key["Name"] for key in report["AdministrativeKeys"]})

    def test_added_signer_signs_releases(self):
        self.push("v1", "one")
        self.add_signer("alice")
        image = self.docker.make_image(f"{self.name}:v2", "two")

        self.docker.run("trust", "sign", f"{self.name}:v2")

        report = self.docker.trust_report(f"{self.name}:v2")
        self.assertEqual(["alice"], report["SignedTags"][0]["Signers"])
        puller = self.puller()
        puller.run("pull", f"{self.name}:v2")
        self.assertEqual(image, puller.image_id(f"{self.name}:v2"))

    def test_sign_makes_a_new_repository_with_its_user_as_signer(self):
        self.docker.log_in(self.registry.address, "bob")
        self.docker.make_image(f"{self.name}:v1", "one")

        self.docker.run("trust", "sign", f"{self.name}:v1")

        report = self.docker.trust_report(self.name)
        self.assertEqual(["bob"], report["SignedTags"][0]["Signers"])

    def test_revoked_tag_is_refused(self):
        self.push("v1", "one")
        self.push("v2", "two")

        self.docker.run("trust", "revoke", f"{self.name}:v1")

        puller = self.puller()
        self.assertIn("No valid trust data for v1", puller.refused("pull", f"{self.name}:v1").text)
        puller.run("pull", f"{self.name}:v2")

    def test_tag_revoked_by_its_signer_is_refused(self):
        self.push("v1", "one")
        self.add_signer("alice")
        self.docker.make_image(f"{self.name}:v2", "two")
        self.docker.run("trust", "sign", f"{self.name}:v2")

        self.docker.run("trust", "revoke", f"{self.name}:v2")

        self.assertIn("No valid trust data for v2", self.puller().refused("pull", f"{self.name}:v2").text)
