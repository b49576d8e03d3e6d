"""A command whose standard input is a terminal."""

import os
import pty
import subprocess
import threading

from .command import Outcome


def run_typing(arguments: list[object], environment: dict[str, str], answers: list[str]) -> Outcome:
    """Types one answer to each prompt, which ends with a colon and a space on standard error."""
    words = [str(argument) for argument in arguments]
    keyboard, terminal = pty.openpty()
    with subprocess.Popen(words, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**os.environ, **environment}) as child:
        patience = threading.Timer(60, child.kill)
        patience.start()
        said = ""
        for answer in answers:
            prompt = b""
            while not prompt.endswith(b": ") and (piece := os.read(child.stderr.fileno(), 4096)):
                prompt += piece
            said += prompt.decode()
            os.write(keyboard, answer.encode() + b"\n")
        out, err = child.communicate()
        patience.cancel()
    os.close(terminal)
    os.close(keyboard)
    return Outcome(" ".join(words), child.returncode, out.decode(), said + err.decode())
