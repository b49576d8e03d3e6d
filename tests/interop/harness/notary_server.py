"""Debian's notary-server, its metadata in memory."""

import pathlib

from . import missing, pki, settings
from .service import Service


class NotaryServer(Service):
    """A restart forgets everything: Debian's build has no file-backed store."""

    NAME = "notary-server"
    PROGRAMS = (settings.NOTARY_SERVER,)
    durable = False

    def __init__(self, folder: pathlib.Path, authority: pki.Authority, signer: Service):
        missing.require(*self.PROGRAMS)
        super().__init__(self.NAME, folder)
        self._authority = authority
        self._signer = signer
        self._certificate = authority.issue("server")
        self._client = authority.issue("server-as-client")

    @property
    def url(self) -> str:
        return f"https://{self.address}"

    def configuration(self) -> dict:
        return {"server": {"http_addr": self.address, "tls_cert_file": str(self._certificate.certificate),
                           "tls_key_file": str(self._certificate.key)},
                "trust_service": {"type": "remote", "hostname": "127.0.0.1", "port": str(self._signer.port),
                                  "key_algorithm": "ecdsa", "tls_ca_file": str(self._authority.certificate),
                                  "tls_client_cert": str(self._client.certificate),
                                  "tls_client_key": str(self._client.key)},
                "storage": self.storage(), "logging": {"level": "info"}}

    def storage(self) -> dict:
        return {"backend": "memory"}

    def command(self, config: pathlib.Path) -> list[str]:
        return [settings.NOTARY_SERVER, "-config", str(config)]
