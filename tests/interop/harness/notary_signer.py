"""Debian's notary-signer, its keys in memory."""

import pathlib

from . import missing, pki, settings
from .service import Service


class NotarySigner(Service):
    NAME = "notary-signer"
    PROGRAMS = (settings.NOTARY_SIGNER,)

    def __init__(self, folder: pathlib.Path, authority: pki.Authority):
        missing.require(*self.PROGRAMS)
        super().__init__(self.NAME, folder)
        self._authority = authority
        self._certificate = authority.issue("signer")

    def configuration(self) -> dict:
        return {"server": {"grpc_addr": self.address, "tls_cert_file": str(self._certificate.certificate),
                           "tls_key_file": str(self._certificate.key),
                           "client_ca_file": str(self._authority.certificate)},
                "logging": {"level": "info"}, "storage": {"backend": "memory"}}

    def command(self, config: pathlib.Path) -> list[str]:
        return [settings.NOTARY_SIGNER, "-config", str(config)]
