"""Every #include goes the way the arrows point."""

import pathlib
import unittest

import include_table
import sources
from sources import Include


class IncludeTableTest(unittest.TestCase):
    def objection(self, path, name, is_ours=True):
        return include_table.objection(pathlib.PurePath(path), Include(1, name, is_ours))

    def test_every_include_is_in_the_table(self):
        objections = [objection for path in sources.files(".h", ".cc")
                      for include in sources.includes(sources.read(path))
                      if (objection := include_table.objection(path, include))]

        self.assertFalse(objections, "\n" + "\n".join(objections))

    def test_every_header_of_ours_is_included_from_the_root(self):
        strays = [f"{path}:{include.line}: {include.name}" for path in sources.files(".h", ".cc")
                  for include in sources.includes(sources.read(path))
                  if include.is_ours and not (sources.ROOT / include.name).exists() and ".pb.h" not in include.name]

        self.assertFalse(strays, "\n" + "\n".join(strays))

    def test_table_refuses_what_it_should(self):
        for path, name, is_ours in (
                ("server/app.cc", "client/updater.h", True), ("server/app.cc", "signer/app.h", True),
                ("client/main.cc", "schemas/database/sqlite.h", True), ("hsm/token.cc", "tuf/names/gun.h", True),
                ("tuf/trust/threshold.cc", "hsm/token.h", True), ("tuf/base/bytes.h", "tuf/names/gun.h", True),
                ("tuf/trust/threshold.cc", "tuf/base/log.h", True), ("server/http/session.cc", "tuf/names/gun.h", True),
                ("server/handlers/health.cc", "boost/beast/core.hpp", False), ("tuf/metadata/root.h", "fstream", False),
                ("tuf/base/config.cc", "spdlog/spdlog.h", False), ("server/app.cc", "sqlite3.h", False),
                ("signer/app.cc", "sqlite3.h", False), ("server/app.cc", "grpcpp/grpcpp.h", False)):
            with self.subTest(path=path, name=name):
                self.assertIsNotNone(self.objection(path, name, is_ours))

    def test_table_allows_what_it_should(self):
        for path, name, is_ours in (
                ("server/app.cc", "server/http/server.h", True), ("server/signing/x.cc", "grpcpp/grpcpp.h", False),
                ("tuf/base/log.cc", "spdlog/spdlog.h", False), ("schemas/database/sqlite.cc", "sqlite3.h", False),
                ("signer/app.cc", "schemas/signer.grpc.pb.h", True), ("tuf/crypto/verify.cc", "openssl/evp.h", False),
                ("tuf/trust/threshold.cc", "vector", False)):
            with self.subTest(path=path, name=name):
                self.assertIsNone(self.objection(path, name, is_ours))


if __name__ == "__main__":
    unittest.main()
