"""Debian's notary, with a trust directory of its own or one it shares."""

import pathlib
import re
import shutil

from . import command, missing, passphrases, settings
from .command import Outcome
from .signing_key import openssl


class NotaryClient:
    PROGRAM = settings.NOTARY

    def __init__(self, folder: pathlib.Path, url: str, ca: pathlib.Path, trust: pathlib.Path | None = None):
        missing.require(self.PROGRAM)
        self.folder = folder
        self.trust = trust or folder / "trust"
        self.url = url
        self.ca = ca
        self.environment = {**passphrases.NOTARY, "HOME": str(folder)}

    def try_run(self, *arguments: object, stdin: bytes | None = None) -> Outcome:
        """Runs the command, whatever comes of it."""
        return command.run([self.PROGRAM, "-s", self.url, "-d", self.trust, "--tlscacert", self.ca, *arguments],
                           self.environment, stdin)

    def run(self, *arguments: object, stdin: bytes | None = None) -> Outcome:
        return command.expect_success(self.try_run(*arguments, stdin=stdin))

    def refused(self, *arguments: object, stdin: bytes | None = None) -> Outcome:
        return command.expect_refusal(self.try_run(*arguments, stdin=stdin))

    def add(self, gun: str, target: str, content: bytes, *options: object) -> Outcome:
        """Stages a target with this content."""
        payload = self.folder / "payload"
        payload.write_bytes(content)
        return self.run("add", gun, target, payload, *options)

    def publish(self, gun: str, target: str, content: bytes = b"hello\n", *options: object) -> Outcome:
        """Adds a target and publishes everything staged."""
        return self.add(gun, target, content, "-p", *options)

    def targets(self, gun: str, *options: object) -> dict[str, str]:
        """Verified targets: name to the role that has it."""
        return {row[0]: row[3] for row in table_rows(self.run("list", gun, *options).out)}

    def delegations(self, gun: str) -> list[str]:
        return [row[0] for row in table_rows(self.run("delegation", "list", gun).out) if row[0].startswith("targets/")]

    def delegate(self, gun: str, role: str, owner: "NotaryClient", name: str) -> None:
        """Gives the role to a new key of the owner's, and publishes that."""
        owner.run("key", "generate", "-r", name, "-o", owner.folder / name)
        plain = owner.folder / f"{name}-plain.pem"
        plain.write_bytes(opened_key(owner.folder / f"{name}-key.pem"))
        owner.run("key", "import", plain, "-r", name)
        self.run("delegation", "add", gun, role, owner.folder / f"{name}.pem", "--all-paths", "-p")

    def key_files(self) -> list[pathlib.Path]:
        return sorted((self.trust / "private").glob("*.key"))

    def metadata(self, gun: str) -> pathlib.Path:
        return self.trust / "tuf" / gun / "metadata"

    def copy(self, folder: pathlib.Path) -> "NotaryClient":
        """A second client with the same keys and the same cache."""
        twin = type(self)(folder, self.url, self.ca)
        shutil.copytree(self.trust, twin.trust)
        return twin


def opened_key(file: pathlib.Path, *options: object) -> bytes:
    """A key file's content without passphrase and headers; with options for `openssl ec`, as these say."""
    head, _, body = file.read_text().partition("\n\n")
    pem = (head.splitlines()[0] + "\n" + body).encode()
    plain = openssl("pkey", "-passin", f"pass:{passphrases.PASSPHRASE}", stdin=pem)
    return openssl("ec", *options, stdin=plain) if options else plain


def table_rows(text: str) -> list[list[str]]:
    """Rows of a table that the client prints: below the dashed line, cells parted by two blanks or more."""
    lines = text.splitlines()
    ruler = next((index for index, line in enumerate(lines) if line.startswith("--")), len(lines))
    return [re.split(r"\s{2,}", line.strip()) for line in lines[ruler + 1:] if line.strip()]
