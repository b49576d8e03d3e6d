"""Our programs say on stderr, one JSON object a line, what they do."""

import json


def listening_port(log: str) -> int | None:
    """The port of the first `listening` line; None while there is none."""
    for line in log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("event") == "listening":
            return int(entry["port"])
    return None
