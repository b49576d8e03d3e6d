"""Thresholds, versions, expiry and digests are compared in one function each, and nowhere else. Versions have no order of
their own (tuf/names/version.h), so that the compiler finds what these patterns cannot: `offered < trusted`."""

import re
import unittest

import sources

COMPARISON = r"(?:==|!=|<=|>=|(?<![<-])<(?![<=])|(?<![->])>(?![>=]))"
VALUE = r"[\w.:*()\[\]>-]*"


def compared(name: str) -> str:
    """A value of this name, or what it is asked for, on either side of a comparison."""
    return (rf"\b{name}\b(?:\(\)|\.\w+)*\s*{COMPARISON}|{COMPARISON}\s*{VALUE}\b{name}\b"
            rf"|\bstd::(?:max|min)\([^;]*\b{name}\b")


# What is compared, and the only files that do so.
CHECKS = {
    # Besides: when a server renews, which trusts nothing; dates within a certificate, which Go's rules settle.
    "expiry": (compared(r"(?:expires|not_?[aA]fter|end_of\([^;]*?\))") + rf"|\bexpires\b[\w.()]*\s*-[^;>]*{COMPARISON}",
               {"tuf/trust/freshness.cc", "server/publish/collections.cc", "tuf/crypto/certificate.cc"}),
    # A type that holds only what is in range is a door, not a rule of trust.
    "version": (compared(r"(?:\w+_)?version") + rf"|\.number\(\)[\s\w+-]*{COMPARISON}",
                {"tuf/trust/freshness.cc", "tuf/metadata/notary_read.cc", "tuf/metadata/tuf_write.cc",
                 "server/http/request_parser.cc"}),
    "threshold": (compared("threshold") + rf"|\bvalid\s*{COMPARISON}(?!\s*1\b)",
                  {"tuf/trust/threshold.h", "tuf/trust/threshold.cc"}),
    "digest": (rf"\bconstant_time_equal\s*\(|\bsha(?:256|512)(?:_hex)?\([^;]*\)\s*[!=]=|[!=]=\s*{VALUE}\bsha(?:256|512)"
               r"|\bhashes\b[\w.()\"]*\s*[!=]=",
               {"tuf/trust/integrity.cc", "tuf/base/bytes.h", "client/keys/passphrase.cc",
                "server/storage/memory_metadata_store.cc"}),  # which looks a file up by it
    "signature": (r"\b(?:tuf::)?verify\s*\([^)]*,[^)]*,[^)]*,", {"tuf/trust/threshold.cc", "tuf/crypto/verify.h",
                                                             "tuf/crypto/verify.cc"}),
}
# A pointer's or a template's mark is no comparison, and neither is what an optional is asked for.
NO_COMPARISON = re.compile(
    r"->\s*\w|!= \w+\.end\(\)|\b(?:optional|vector|map|set|pair|function|unique_ptr|shared_ptr|same_as)<[^;{}]*?>")


def strays(path: str, text: str) -> list[str]:
    """Statements that compare what another file is for, on one line or on several."""
    code = NO_COMPARISON.sub(lambda match: re.sub("[^\\s\\w]", " ", match[0]), sources.code_only(text))
    found = []
    for statement in re.finditer(r"[^;{}]+", code):
        line = " ".join(statement[0].split())
        number = code.count("\n", 0, statement.end()) + 1
        found += [f"{path}:{number}: {name}: {line}" for name, (pattern, allowed) in CHECKS.items()
                  if path not in allowed and re.search(pattern, line)]
    return found


class CheckTest(unittest.TestCase):
    def test_each_check_is_written_once(self):
        found = [stray for path in sources.files(".h", ".cc") if path.parts[0] in ("tuf", "server", "client")
                 for stray in strays(str(path), sources.read(path))]

        self.assertFalse(found, "\n" + "\n".join(found))

    def test_what_they_are_for_is_found(self):
        for name, code in (
                ("expiry", "if (file.expires <= now) {"), ("expiry", "if (a.expires.seconds < now.seconds) return;"),
                ("expiry", "return now > file.payload.expires;"), ("expiry", "if (x.expires - now <= 0s) return;"),
                ("expiry", "if (file.expires\n    < now) return;"), ("expiry", "std::min(a.expires, b.expires);"),
                ("version", "return offered.version < 3;"), ("version", "if (new_version != old) return;"),
                ("version", "floor = std::max(floor, version);"), ("version", "a.number() + 1 == b.number();"),
                ("version", "if (a.number() >= b.number()) return;"), ("version", "return known == file.version;"),
                ("threshold", "valid >= role.threshold;"), ("threshold", "if (tally.valid >= keys.size()) return;"),
                ("digest", "if (!constant_time_equal(a, b)) return;"), ("digest", "sha256(bytes) == expected;"),
                ("digest", "if (expected != tuf::sha256_hex(bytes)) return;"), ("digest", "a.hashes == b.hashes;"),
                ("signature", "verify(key, method, message, sig);")):
            with self.subTest(code=code):
                self.assertIn(f": {name}: ", "".join(strays("client/x.cc", code)))


if __name__ == "__main__":
    unittest.main()
