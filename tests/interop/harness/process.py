"""A program that runs in the background: started, waited for, stopped or killed."""

import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Callable

POLL_SECONDS = 0.01


class NotReady(Exception):
    """A program died or stayed silent; the message carries the end of its log."""


class Process:
    def __init__(self, name: str, arguments: list[str], folder: pathlib.Path, environment: dict[str, str] | None = None):
        self.name = name
        self.log = folder / f"{name}.log"
        self._arguments = [str(argument) for argument in arguments]
        self._environment = {**os.environ, **(environment or {})}
        self._child: subprocess.Popen | None = None
        self._log_start = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._child = subprocess.Popen(self._arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                           env=self._environment, start_new_session=True)

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def log_text(self) -> str:
        """What the present run has written so far."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def wait_for(self, probe: Callable[[], object], seconds: float = 20) -> object:
        """Asks `probe` until it has a truthy answer, and returns that. Throws NotReady."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.alive:
                raise NotReady(f"{self.name} ended with status {self._child.poll()}:\n{self.log_text()[-3000:]}")
            answer = probe()
            if answer:
                return answer
            time.sleep(POLL_SECONDS)
        raise NotReady(f"{self.name} was not so after {seconds} s:\n{self.log_text()[-3000:]}")

    def send_signal(self, number: int) -> None:
        self._child.send_signal(number)

    def stop(self, seconds: float = 15) -> int | None:
        """Asks with SIGTERM; what does not end in time is killed. Returns the exit status."""
        if self.alive:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._child.returncode if self._child else None

    def kill(self) -> None:
        if self.alive:
            self._child.kill()
            self._child.wait()

    def resident_bytes(self) -> int:
        return self._status_bytes("VmRSS")

    def peak_bytes(self) -> int:
        """The most that was resident at once, since the start or forget_peak()."""
        return self._status_bytes("VmHWM")

    def forget_peak(self) -> None:
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _status_bytes(self, name: str) -> int:
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
        return 0


def listening_port(pid: int) -> int | None:
    """The TCP port on which the process listens, as the kernel tells it; None while there is none."""
    sockets = set()
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            sockets.add(os.readlink(descriptor))
        except OSError:
            continue
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            is_listening = fields[3] == "0A"
            if is_listening and f"socket:[{fields[9]}]" in sockets:
                return int(fields[1].rsplit(":", 1)[1], 16)
    return None
