"""GCC 12 destroys some temporaries of an awaiting statement twice. So such a statement holds names, moves and calls, and
no braces, lambdas or `?:`; those are named on a line of their own above."""

import re

import sources

_AWAIT = re.compile(r"\bco_await\b")
_LAMBDA = re.compile(r"(?<![\w\])>])\s*\[[^\]]*\]\s*[({<]")


def faults(text: str) -> list[tuple[int, str]]:
    """Line and reason of every awaiting statement that holds what it should not."""
    code = sources.code_only(text)
    found = []
    for match in _AWAIT.finditer(code):
        reason = _fault_of(code, match.start())
        if reason:
            found.append((code.count("\n", 0, match.start()) + 1, reason))
    return found


def _fault_of(code: str, position: int) -> str | None:
    start = max(code.rfind(mark, 0, position) for mark in ";{}") + 1
    statement = code[start:_end_of_statement(code, position)]
    if _LAMBDA.search(statement):
        return "a lambda"
    if "{" in statement:
        return "braces"
    if "?" in statement:
        return "`?:`"
    # `g(Bar{1}, co_await f())`: the scan to the left ended inside the call.
    is_cut = start > 0 and code[start - 1] == "}" and statement.count(")") > statement.count("(")
    return "braces" if is_cut else None


def _end_of_statement(code: str, position: int) -> int:
    """The `;` that ends the statement, or the `{` or `;` after the condition that the await stands in."""
    depth = 0
    for index in range(position, len(code)):
        letter = code[index]
        depth += (letter in "([") - (letter in ")]")
        if letter == ";" and depth <= 0 or letter == "{" and depth < 0:
            return index
    return len(code)
