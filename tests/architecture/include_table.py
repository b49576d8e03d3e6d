"""Who may include what: the arrows of ARCHITECTURE.md, one row a folder. The longest matching folder counts."""

import dataclasses
import pathlib
import re

from sources import Include


@dataclasses.dataclass(frozen=True)
class Row:
    folder: str
    ours: tuple[str, ...]
    libraries: tuple[str, ...] = ()
    # Standard headers and headers of ours that the row does without, though its other columns would allow them.
    without: tuple[str, ...] = ()


# A library, and how the names of its headers begin. Anything else with a dot or a slash is the system's.
LIBRARIES = {
    "nlohmann": "nlohmann/", "openssl": "openssl/", "boost": "boost/", "grpc": "grpc", "protobuf": "google/protobuf/",
    "cli11": "CLI/", "spdlog": "spdlog/", "fmt": "fmt/", "sqlite": "sqlite3.h", "libp11": "libp11.h",
    "p11-kit": "p11-kit/", "utf8proc": "utf8proc.h",
}
SYSTEM = "system"

# tuf is functions over values: no files, sockets, threads or log.
IMPURE = ("fstream", "iostream", "filesystem", "thread", "tuf/base/log.h")

TABLE = (
    Row("tuf", ("tuf",), ("nlohmann", "openssl"), IMPURE),
    Row("tuf/metadata/json_document.cc", ("tuf",), ("nlohmann", "boost"), IMPURE),
    Row("tuf/metadata/normal_form.cc", ("tuf",), ("utf8proc",), IMPURE),
    Row("tuf/base", ("tuf/base",), ("nlohmann", "openssl", SYSTEM)),
    Row("tuf/base/log.cc", ("tuf/base",), ("nlohmann", "spdlog", SYSTEM)),
    Row("hsm", ("hsm", "tuf/base"), ("libp11", "p11-kit", "openssl", SYSTEM)),
    Row("schemas", ("schemas", "tuf/base"), ("grpc", "protobuf")),
    Row("schemas/database", ("schemas", "tuf/base"), ("sqlite", SYSTEM)),
    Row("signer", ("signer", "tuf", "hsm", "schemas"), ("grpc", "protobuf", "cli11", "nlohmann", SYSTEM)),
    Row("server", ("server", "tuf", "schemas"), ("cli11", "nlohmann", SYSTEM)),
    Row("server/http", ("server/http", "tuf/base"), ("boost", "openssl", SYSTEM)),
    Row("server/signing", ("server", "tuf", "schemas"), ("grpc", "protobuf", "nlohmann", SYSTEM)),
    Row("client", ("client", "tuf", "hsm"), ("cli11", "nlohmann", SYSTEM)),
    Row("client/remote", ("client", "tuf"), ("boost", "openssl", "nlohmann", SYSTEM)),
    Row("client/keys", ("client", "tuf", "hsm"), ("openssl", "nlohmann", SYSTEM)),
)


def _is_within(name: str, folder: str) -> bool:
    return name == folder or name.startswith((folder + "/", folder + "."))


def row_of(path: pathlib.PurePath) -> Row:
    return max((row for row in TABLE if _is_within(path.as_posix(), row.folder)), key=lambda row: len(row.folder))


def library_of(name: str) -> str | None:
    """The library of a header in angle brackets; None for one of the standard's."""
    for library, start in LIBRARIES.items():
        if name.startswith(start):
            return library
    return SYSTEM if re.search(r"[./]", name) else None


def objection(path: pathlib.PurePath, include: Include) -> str | None:
    """Why this file may not include that, or None."""
    row = row_of(path)
    if include.name in row.without:
        return f"{path}:{include.line}: {row.folder} does without {include.name}"
    if include.is_ours:
        if not any(_is_within(include.name, folder) for folder in row.ours):
            return f"{path}:{include.line}: {row.folder} includes nothing of {include.name}; only of {', '.join(row.ours)}"
        return None
    library = library_of(include.name)
    if library and library not in row.libraries:
        return f"{path}:{include.line}: {row.folder} may not use {library} ({include.name})"
    return None
