"""Thresholds, versions, expiry and digests are compared in one function each, and nowhere else."""

import re
import unittest

import sources

COMPARISON = r"(?:==|!=|<=|>=|(?<![<-])<(?![<=])|(?<![->])>(?![>=]))"
VALUE = r"[\w.:*()\[\]>-]*"

# What is compared, and the only files that do so.
CHECKS = {
    "expiry": (rf"\bexpires\b(?:\(\))?\s*{COMPARISON}|{COMPARISON}\s*{VALUE}\bexpires\b", {"tuf/trust/freshness.cc"}),
    # A type that holds only what is in range is a door, not a rule of trust.
    "version": (rf"\bversion(?:\(\)|\.number\(\))?\s*{COMPARISON}|{COMPARISON}\s*{VALUE}\bversion\b",
                {"tuf/trust/freshness.cc", "tuf/metadata/notary_read.cc", "tuf/metadata/tuf_write.cc",
                 "server/http/request_parser.cc"}),
    "threshold": (rf"\bthreshold\s*{COMPARISON}|{COMPARISON}\s*{VALUE}\bthreshold\b",
                  {"tuf/trust/threshold.h", "tuf/trust/threshold.cc"}),
    "digest": (r"\bconstant_time_equal\s*\(",
               {"tuf/trust/integrity.cc", "tuf/base/bytes.h", "client/keys/passphrase.cc"}),
    "signature": (r"\b(?:tuf::)?verify\s*\([^)]*,[^)]*,[^)]*,", {"tuf/trust/threshold.cc", "tuf/crypto/verify.h",
                                                             "tuf/crypto/verify.cc"}),
}
# A pointer's or a template's mark is no comparison, and neither is what an optional is asked for.
NO_COMPARISON = re.compile(r"->\s*\w|!= \w+\.end\(\)|\b(?:optional|vector|map|set|pair|function|unique_ptr|shared_ptr|same_as)<[^;{}]*?>")


class CheckTest(unittest.TestCase):
    def test_each_check_is_written_once(self):
        strays = []
        for path in sources.files(".h", ".cc"):
            if path.parts[0] not in ("tuf", "server", "client"):
                continue
            code = NO_COMPARISON.sub(lambda match: re.sub("[^\\s\\w]", " ", match[0]), sources.code_only(sources.read(path)))
            for number, line in enumerate(code.split("\n"), 1):
                for name, (pattern, allowed) in CHECKS.items():
                    if str(path) not in allowed and re.search(pattern, line):
                        strays.append(f"{path}:{number}: {name}: {line.strip()}")

        self.assertFalse(strays, "\n" + "\n".join(strays))

    def test_the_patterns_find_what_they_are_for(self):
        for name, line in {"expiry": "if (file.expires <= now) {", "version": "return offered.version < 3;",
                           "threshold": "valid >= role.threshold", "digest": "if (!constant_time_equal(a, b))",
                           "signature": "verify(key, method, message, sig)"}.items():
            self.assertRegex(line, CHECKS[name][0])


if __name__ == "__main__":
    unittest.main()
