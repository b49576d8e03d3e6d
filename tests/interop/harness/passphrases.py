"""The passphrases of the test keys, under every name the clients know."""

PASSPHRASE = "interop-passphrase"


def for_notary(passphrase: str) -> dict[str, str]:
    return {f"NOTARY_{role}_PASSPHRASE": passphrase for role in ("ROOT", "TARGETS", "SNAPSHOT", "DELEGATION")}


NOTARY = for_notary(PASSPHRASE)
DOCKER = {f"DOCKER_CONTENT_TRUST_{role}_PASSPHRASE": PASSPHRASE for role in ("ROOT", "REPOSITORY")}
