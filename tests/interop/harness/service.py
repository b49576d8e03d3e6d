"""A server program with a configuration file and one TCP port."""

import json
import pathlib

from . import process


class Service:
    """Listens on a free port at first; a restart takes the same port again, so its address stays good."""

    def __init__(self, name: str, folder: pathlib.Path):
        self.folder = folder
        self.port = 0
        self.process: process.Process | None = None
        self._name = name

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> "Service":
        config = self.folder / "config.json"
        config.write_text(json.dumps(self.configuration(), indent=1))
        self.prepare(config)
        self.process = process.Process(self._name, self.command(config), self.folder, self.environment())
        self.process.start()
        self.port = self.process.wait_for(self.probe)
        return self

    def configuration(self) -> dict:
        raise NotImplementedError

    def command(self, config: pathlib.Path) -> list[str]:
        raise NotImplementedError

    def prepare(self, config: pathlib.Path) -> None:
        """What must be done once the configuration is written and before the program starts."""

    def environment(self) -> dict[str, str]:
        return {}

    def probe(self) -> int | None:
        return process.listening_port(self.process.pid)

    def stop(self) -> None:
        if self.process:
            self.process.stop()

    def kill(self) -> None:
        self.process.kill()
