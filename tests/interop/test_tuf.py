"""TUF 1.0: what Sello writes tuf-js reads, what @tufjs/models writes Sello reads, over plain HTTP."""

import json
import pathlib
import shutil
import unittest

from harness import command, settings
from harness.file_server import FileHandler, FileServer, PersistentHandler, RedirectingHandler
from harness.tuf_js import TufJs
from harness.workspace import Workspace


class TufRepositorySuite(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.workspace = Workspace("tuf")
        cls.addClassCleanup(cls.workspace.remove)
        cls.tuf_js = TufJs()
        cls.made = cls.workspace.folder("by-sello")
        command.expect_success(command.run([settings.BUILD / "tests/interop/tuf/tuf_author", cls.made], {}))
        cls.foreign = cls.workspace.folder("by-tufjs")
        command.expect_success(cls.tuf_js.run("author.cjs", cls.foreign))

    def serve(self, folder: pathlib.Path, handler=FileHandler) -> str:
        self.server = FileServer(folder, handler)
        self.addCleanup(self.server.stop)
        return self.server.url

    def sello(self, client: pathlib.Path, url: str, *words: object, names=()) -> command.Outcome:
        options = ["--metadata-dir", client / "metadata", "--metadata-url", f"{url}/metadata/", "--target-base-url",
                   f"{url}/targets/", "--target-dir", client / "targets"]
        for name in names:
            options += ["--target-name", name]
        return command.run([settings.SELLO, "tuf", *options, *words], {})

    def downloads(self, repository: pathlib.Path, contents: dict[str, str], handler=FileHandler) -> pathlib.Path:
        """Both readers get these contents out of the repository; gives sello's folder."""
        url = self.serve(repository, handler)
        client = self.workspace.folder("sello")
        command.expect_success(self.sello(client, url, "init", repository / "root.json"))
        self.assertEqual([], self.server.requests)
        done = command.expect_success(self.sello(client, url, "download", names=contents))
        files = done.out.split("\n")[:-1]
        self.assertEqual(list(contents.values()), [pathlib.Path(file).read_text() for file in files])

        other = self.workspace.folder("tuf-js")
        (other / "metadata").mkdir()
        shutil.copy(repository / "root.json", other / "metadata")
        done = command.expect_success(self.tuf_js.run("read.cjs", other, url, *contents))
        self.assertEqual("".join(f"{name} {content}" for name, content in contents.items()), done.out)
        return client

    def test_delegations_written_by_sello(self):
        contents = {"v1": "top level\n", "a/one": "one\n", "a/n/two": "two\n", "s-1.txt": "secret\n",
                    "by-hash": "found by its hash\n"}
        client = self.downloads(self.made / "delegations", contents)
        self.assertEqual(
            ["hashed.json", "root.json", "secret.json", "snapshot.json", "targets.json", "team%20a.json",
             "team%2Fnested.json", "timestamp.json"], sorted(path.name for path in (client / "metadata").iterdir()))

    def test_bins_written_by_sello(self):
        self.downloads(self.made / "bins", {"alpine/3.20": "three twenty\n", "alpine/latest": "latest\n"})

    def test_repository_written_by_tufjs(self):
        self.downloads(self.foreign, {"v1": "by tufjs\n", "apps/ü": "delegated\n"})

    def test_server_that_keeps_connections_open(self):
        self.downloads(self.foreign, {"v1": "by tufjs\n"}, PersistentHandler)

    def test_requests_are_those_of_the_specification_and_no_others(self):
        url = self.serve(self.foreign)
        client = self.workspace.folder("sello")
        command.expect_success(self.sello(client, url, "init", self.foreign / "root.json"))
        command.expect_success(self.sello(client, url, "refresh"))
        asked = ["2.root.json", "3.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]
        self.assertEqual([f"/metadata/{name}" for name in asked], self.server.requests)

        self.server.requests.clear()
        command.expect_success(self.sello(client, url, "refresh"))
        self.assertEqual(["/metadata/3.root.json", "/metadata/timestamp.json"], self.server.requests)

    def test_what_is_there_is_not_fetched_again(self):
        url = self.serve(self.foreign)
        client = self.workspace.folder("sello")
        command.expect_success(self.sello(client, url, "init", self.foreign / "root.json"))
        command.expect_success(self.sello(client, url, "download", names=["v1"]))
        def state():
            return [(path.stat().st_ino, path.stat().st_mtime_ns) for path in (client / "targets").iterdir()]
        before = state()
        self.server.requests.clear()
        command.expect_success(self.sello(client, url, "download", names=["v1", "v1"]))
        self.assertEqual(before, state())
        self.assertEqual(["/metadata/3.root.json", "/metadata/timestamp.json"], self.server.requests)

    def test_names_are_taken_as_they_are(self):
        url = self.serve(self.foreign)
        client = self.workspace.folder("sello")
        command.expect_success(self.sello(client, url, "init", self.foreign / "root.json"))
        for name in ("[v1]", "[v1,x]", "[]"):
            refused = self.sello(client, url, "download", names=[name])
            self.assertEqual(1, refused.status)
            self.assertIn(f"no target {name}", refused.err)

    def test_redirects_are_followed_whatever_their_bodies_say(self):
        url = self.serve(self.foreign, RedirectingHandler)
        client = self.workspace.folder("sello")
        command.expect_success(self.sello(client, url, "init", self.foreign / "root.json"))
        command.expect_success(self.sello(client, url, "download", names=["v1"]))

    def test_only_what_says_that_there_is_no_next_root_ends_the_chain(self):
        url = self.serve(self.foreign)
        client = self.workspace.folder("sello")
        command.expect_success(self.sello(client, url, "init", self.foreign / "root.json"))
        command.expect_success(self.sello(client, url, "refresh"))
        for status in (403, 404, 410):
            with self.subTest(status):
                self.server.statuses["/metadata/3.root.json"] = status
                command.expect_success(self.sello(client, url, "refresh"))
        for status in (400, 401, 408, 429, 500, 502, 503, 504):
            with self.subTest(status):
                self.server.requests.clear()
                self.server.statuses["/metadata/3.root.json"] = status
                refused = self.sello(client, url, "refresh")
                self.assertEqual(1, refused.status)
                self.assertIn(f"got {status}", refused.err)
                self.assertEqual(["/metadata/3.root.json"], self.server.requests)

    def test_status_is_1_for_every_failure(self):
        url = self.serve(self.foreign)
        client = self.workspace.folder("sello")
        init = [settings.SELLO, "tuf", "--metadata-dir", client / "metadata", "init"]
        for words in ([settings.SELLO, "tuf"], [settings.SELLO, "tuf", "refresh"], init, [*init, "/none"],
                      [*init, self.foreign / "metadata/timestamp.json"]):
            self.assertEqual(1, command.run(words, {}).status, words)
        self.assertEqual(1, self.sello(client, url, "refresh").status)
        self.assertEqual([], self.server.requests)
        command.expect_success(self.sello(client, url, "init", self.foreign / "root.json"))
        self.assertEqual(1, self.sello(client, url, "download").status)
        self.assertEqual(1, self.sello(client, url, "download", names=["none"]).status)
        self.assertEqual(1, self.sello(client, "http://127.0.0.1:1", "refresh").status)

    def test_tampered_files_are_refused_and_not_kept(self):
        repository = self.workspace.folder("tampered") / "repository"
        shutil.copytree(self.foreign, repository)
        targets = repository / "metadata/1.targets.json"
        targets.write_bytes(targets.read_bytes().replace(b'"length": 9', b'"length": 8'))
        url = self.serve(repository)
        client = self.workspace.folder("sello")
        command.expect_success(self.sello(client, url, "init", repository / "root.json"))
        refused = self.sello(client, url, "--explain", "refresh")
        self.assertEqual(1, refused.status)
        self.assertIn("targets", refused.err)
        self.assertRegex(refused.err, r"(?m)^check +integrity$")
        self.assertEqual(["root.json", "snapshot.json", "timestamp.json"],
                         sorted(path.name for path in (client / "metadata").iterdir()))

    def test_a_refusal_is_told_as_json_whatever_came(self):
        repository = self.workspace.folder("odd") / "repository"
        shutil.copytree(self.foreign, repository)
        odd = {"_type": "timestamp", "spec_version": "1.0.0", "version": "x" * 63 + "é", "expires": "2030-01-01T00:00:00Z"}
        (repository / "metadata/timestamp.json").write_text(json.dumps({"signatures": [], "signed": odd},
                                                                       ensure_ascii=False))
        url = self.serve(repository)
        client = self.workspace.folder("sello")
        command.expect_success(self.sello(client, url, "init", repository / "root.json"))
        refused = self.sello(client, url, "--json", "--explain", "refresh")
        self.assertEqual(1, refused.status)
        self.assertEqual(("shape", "timestamp", f'"{"x" * 63}"'),
                         tuple(json.loads(refused.out)[name] for name in ("check", "role", "found")))
