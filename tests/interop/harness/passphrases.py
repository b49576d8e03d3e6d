"""The passphrases of the test keys, under every name the clients know."""

PASSPHRASE = "interop-passphrase"

NOTARY = {f"NOTARY_{role}_PASSPHRASE": PASSPHRASE for role in ("ROOT", "TARGETS", "SNAPSHOT", "DELEGATION")}
DOCKER = {f"DOCKER_CONTENT_TRUST_{role}_PASSPHRASE": PASSPHRASE for role in ("ROOT", "REPOSITORY")}
