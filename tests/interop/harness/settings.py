"""What the caller of the suites may choose, by environment variable."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]

# The build folder with our programs; relative to the repository.
BUILD = ROOT / os.environ.get("SELLO_BUILD", "build/dev")

# Which server and signer meet: a comma-separated list of pairs, server first.
ALL_PAIRS = ("sello/sello", "sello/notary", "notary/sello", "notary/notary")
PAIRS = tuple(os.environ["INTEROP_PAIRS"].split(",")) if "INTEROP_PAIRS" in os.environ else ALL_PAIRS
if not set(PAIRS) <= set(ALL_PAIRS):
    raise SystemExit(f"INTEROP_PAIRS is {','.join(PAIRS)}; the pairs are {', '.join(ALL_PAIRS)}")

# How often the durability suite kills the server, and how many publishes the writers make together.
KILLS = int(os.environ.get("INTEROP_KILLS", "200"))
PUBLISHES = int(os.environ.get("INTEROP_PUBLISHES", "1000"))

# Keep the working directories of the programs, for a look at their logs and files.
KEEP = bool(os.environ.get("INTEROP_KEEP"))

# Debian's client and engine, whatever else the machine has on its path.
DOCKER = "/usr/bin/docker"
DOCKERD = "/usr/sbin/dockerd"
DOCKER_REGISTRY = "/usr/bin/docker-registry"
NOTARY = "/usr/bin/notary"
NOTARY_SERVER = "/usr/bin/notary-server"
NOTARY_SIGNER = "/usr/bin/notary-signer"
SOFTHSM_MODULE = "/usr/lib/softhsm/libsofthsm2.so"

SELLO = str(BUILD / "client/sello")
SELLO_SERVER = str(BUILD / "server/sello-server")
SELLO_SIGNER = str(BUILD / "signer/sello-signer")

# A publisher of the tests' own, for loads that the start of a process a publish would be too slow for.
PUBLISH_WRITER = str(BUILD / "tests/client/publish_writer")
