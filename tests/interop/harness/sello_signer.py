"""sello-signer, its keys in a SoftHSM token of its own."""

import os
import pathlib
import secrets
import subprocess

from . import pki, sello_log, settings
from .notary_signer import NotarySigner
from .process import NotReady


def _secret_file(path: pathlib.Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


class SelloSigner(NotarySigner):
    NAME = "sello-signer"
    PROGRAMS = (settings.SELLO_SIGNER, settings.SOFTHSM_MODULE)

    def __init__(self, folder: pathlib.Path, authority: pki.Authority):
        super().__init__(folder, authority)
        self._token_is_ready = False

    def configuration(self) -> dict:
        return {**super().configuration(),
                "storage": {"backend": "sqlite", "db_url": str(self.folder / "signer.db")},
                "vault": {"type": "token", "module": settings.SOFTHSM_MODULE, "token_label": "sello",
                          "token_serial": "", "pin_file": str(self.folder / "pin"), "sessions": 2}}

    def prepare(self, config: pathlib.Path) -> None:
        if self._token_is_ready:
            return
        tokens = self.folder / "tokens"
        tokens.mkdir(mode=0o700)
        (self.folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
        _secret_file(self.folder / "pin", secrets.token_hex(8))
        _secret_file(self.folder / "so-pin", secrets.token_hex(8))
        made = subprocess.run([settings.SELLO_SIGNER, "init-token", "--config", config,
                               "--so-pin-file", self.folder / "so-pin"], stdin=subprocess.DEVNULL,
                              env={**os.environ, **self.environment()}, capture_output=True, text=True, timeout=60)
        if made.returncode != 0:
            raise NotReady(f"sello-signer init-token: status {made.returncode}:\n{made.stdout}{made.stderr}")
        self._token_is_ready = True

    def environment(self) -> dict[str, str]:
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def command(self, config: pathlib.Path) -> list[str]:
        return [settings.SELLO_SIGNER, "--config", str(config)]

    def probe(self) -> int | None:
        return sello_log.listening_port(self.process.log_text())
