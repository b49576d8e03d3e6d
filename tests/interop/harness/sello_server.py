"""sello-server, its metadata in SQLite."""

import pathlib

from . import sello_log, settings
from .notary_server import NotaryServer


class SelloServer(NotaryServer):
    NAME = "sello-server"
    PROGRAMS = (settings.SELLO_SERVER,)
    durable = True

    def storage(self) -> dict:
        return {"backend": "sqlite", "db_url": str(self.folder / "server.db")}

    def command(self, config: pathlib.Path) -> list[str]:
        return [settings.SELLO_SERVER, "--config", str(config)]

    def probe(self) -> int | None:
        return sello_log.listening_port(self.process.log_text())
