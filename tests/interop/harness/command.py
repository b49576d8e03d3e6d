"""A finished command: its status and what it wrote."""

import dataclasses
import os
import subprocess


@dataclasses.dataclass(frozen=True)
class Outcome:
    command: str
    status: int
    out: str
    err: str

    @property
    def ok(self) -> bool:
        return self.status == 0

    @property
    def text(self) -> str:
        return self.out + self.err

    def __str__(self) -> str:
        return f"`{self.command}` ended with status {self.status}\n{self.text}"


class CommandFailed(AssertionError):
    """A command that the test relies on did not succeed."""


class NotRefused(AssertionError):
    """A command that had to be refused went through, or died of a signal."""


def run(arguments: list[object], environment: dict[str, str], stdin: bytes | None = None, seconds: float = 60) -> Outcome:
    words = [str(argument) for argument in arguments]
    streams = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    done = subprocess.run(words, capture_output=True, timeout=seconds, env={**os.environ, **environment}, **streams)
    return Outcome(" ".join(words), done.returncode, done.stdout.decode(errors="replace"),
                   done.stderr.decode(errors="replace"))


def expect_success(outcome: Outcome) -> Outcome:
    if not outcome.ok:
        raise CommandFailed(str(outcome))
    return outcome


def expect_refusal(outcome: Outcome) -> Outcome:
    """A positive status; a negative one is the signal that ended the process."""
    if outcome.status <= 0:
        raise NotRefused(str(outcome))
    return outcome
