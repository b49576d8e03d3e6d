"""A docker engine that shares nothing with the machine's: own data, own socket, no network."""

import pathlib
import subprocess
import unittest

from . import missing, settings
from .process import NotReady, Process


class DockerEngine:
    def __init__(self, folder: pathlib.Path):
        missing.require(settings.DOCKERD, settings.DOCKER)
        self.socket = f"unix://{folder / 'docker.sock'}"
        self._process = Process("dockerd", [
            settings.DOCKERD, "--iptables=false", "--ip6tables=false", "--ip-masq=false", "--bridge=none",
            "--storage-driver=vfs", f"--data-root={folder / 'data'}", f"--exec-root={folder / 'exec'}",
            f"--pidfile={folder / 'docker.pid'}", f"--host={self.socket}"], folder)

    def start(self) -> "DockerEngine":
        """Skips the running test class where an engine cannot run, with the engine's own reason."""
        self._process.start()
        try:
            self._process.wait_for(self._answers, seconds=40)
        except NotReady as fault:
            self.stop()
            raise unittest.SkipTest(f"a docker engine cannot run here: {fault}") from fault
        return self

    def _answers(self) -> bool:
        return subprocess.run([settings.DOCKER, "-H", self.socket, "version"], stdin=subprocess.DEVNULL,
                              capture_output=True).returncode == 0

    def stop(self) -> None:
        self._process.stop(seconds=30)
