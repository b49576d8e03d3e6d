"""Trust directories that Notary 0.1 and 0.3 wrote, with keys and staged changes: Debian ships them beside Notary's
sources. The package is unpacked, not installed, since it depends on a hundred others."""

import hashlib
import pathlib
import shutil
import subprocess
import unittest

from . import missing, passphrases, settings
from .notary_client import NotaryClient

PACKAGE = "golang-github-docker-notary-dev"
SAMPLES = "usr/share/gocode/src/github.com/theupdateframework/notary/fixtures/compatibility"
FOLDER = settings.BUILD / "legacy"
PASSPHRASES = passphrases.for_notary("randompass")

# Certificates of 0.3 ended in July 2026. Read by libfaketime, and so by programs that ask libc for the time.
FAKETIME = next((str(file) for file in pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), "libfaketime")
ON_ITS_DAY = {"LD_PRELOAD": FAKETIME, "FAKETIME": "2026-07-01 00:00:00"}


def samples() -> pathlib.Path:
    """The folder with `notary0.1` and `notary0.3`. Skips the running class where apt cannot bring the package."""
    missing.require(FAKETIME)
    if not (FOLDER / SAMPLES).is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        fetched = subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", PACKAGE], cwd=FOLDER,
                                 capture_output=True, text=True)
        if fetched.returncode != 0:
            raise unittest.SkipTest(f"apt-get download {PACKAGE}: {fetched.stderr.strip()}")
        subprocess.run(["dpkg-deb", "-x", str(next(FOLDER.glob(f"{PACKAGE}_*.deb"))), str(FOLDER)], check=True)
    return FOLDER / SAMPLES


def give(client: NotaryClient, version: str) -> None:
    """Makes the trust directory of that Notary the client's."""
    shutil.copytree(samples() / f"notary{version}", client.trust, copy_function=shutil.copyfile)
    client.environment |= PASSPHRASES


def documents(version: str, gun: str) -> dict[str, bytes]:
    """Under name and digest: what a server of that time would hand out of the collection."""
    folder = samples() / f"notary{version}/tuf" / gun / "metadata"
    current = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.json")}
    by_digest = {f"{name.removesuffix('.json')}.{hashlib.sha256(document).hexdigest()}.json": document
                 for name, document in current.items()}
    return current | by_digest | {"1.root.json": current["root.json"]}
