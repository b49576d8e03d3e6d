"""The C++ sources of the programs, and what the checks read out of them."""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("tuf", "hsm", "schemas", "signer", "server", "client")

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
_COMMENT_OR_LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Include:
    line: int
    name: str
    is_ours: bool


def files(*suffixes: str) -> list[pathlib.Path]:
    """Paths from the repository's root."""
    return sorted(path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*")
                  if path.suffix in suffixes)


def read(path: pathlib.Path) -> str:
    return (ROOT / path).read_text()


def includes(text: str) -> list[Include]:
    return [Include(text.count("\n", 0, match.start()) + 1, match[2], match[1] == '"')
            for match in _INCLUDE.finditer(text)]


def code_only(text: str) -> str:
    """The text with comments and literals blanked; lines stay where they are."""
    def blank(match: re.Match) -> str:
        return "".join("\n" if letter == "\n" else " " for letter in match[0])
    return _COMMENT_OR_LITERAL.sub(blank, text)
