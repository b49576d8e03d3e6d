"""Every header is in its folder's CMake file, so that the build can check that it stands alone."""

import re
import unittest

import sources


class HeaderTest(unittest.TestCase):
    def test_every_header_is_listed_in_a_cmake_file(self):
        missing = [str(path) for path in sources.files(".h") if not self.is_listed(path)]

        self.assertFalse(missing, "\n" + "\n".join(missing))

    def is_listed(self, path):
        for folder in path.parents:
            cmake = sources.ROOT / folder / "CMakeLists.txt"
            if folder.name and cmake.exists():
                name = path.relative_to(folder).as_posix()
                if re.search(rf"(?<![\w/]){re.escape(name)}(?![\w/])", cmake.read_text()):
                    return True
        return False

    def test_every_header_has_pragma_once(self):
        self.assertFalse([str(path) for path in sources.files(".h") if "#pragma once" not in sources.read(path)])

    def test_third_party_headers_stay_out_of_headers(self):
        """nlohmann is the model's own language; the others are allowed where a folder exists to wrap them."""
        wrappers = ("hsm/", "server/http/", "schemas/", "tuf/crypto/openssl.h", "signer/key_service", "client/remote/", "client/commands/commands.h")
        strays = [f"{path}:{include.line}: {include.name}" for path in sources.files(".h")
                  for include in sources.includes(sources.read(path))
                  if not include.is_ours and re.match(r"(openssl|boost|grpcpp|sqlite3|CLI|spdlog)\b", include.name)
                  and not path.as_posix().startswith(wrappers)]

        self.assertFalse(strays, "\n" + "\n".join(strays))


if __name__ == "__main__":
    unittest.main()
