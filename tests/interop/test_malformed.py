"""Requests that no real client sends: each is answered, and the server neither dies nor grows."""

import itertools
import json
import select
import socket
import ssl
import time

from harness.case import TrustServiceCase, for_pairs
from harness.http_client import BOUNDARY, MULTIPART, Answer, multipart

MEBIBYTE = 1 << 20
HUGE_BODY = 1 << 30
SIGNATURES = 100_000
ANSWER_SECONDS = 60
ATTACKS = 4
# One body of those refused is 18 MB, and the server takes 64 MB before it refuses another.
MOST_GROWTH = 16 * MEBIBYTE
# 61 MB in all: the body, a copy of its parts, and the index of as many values as an upload may have.
PARTS = 16
VALUES_A_PART = 1_900_000
MOST_FOR_AN_UPLOAD = 256 * MEBIBYTE


def compact(document):
    return json.dumps(document, separators=(",", ":")).encode()


@for_pairs("sello/sello")
class MalformedRequestSuite(TrustServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survivor = "interop/survivor"
        client = cls.new_notary()
        client.publish(cls.survivor, "v1")
        cls.pid = cls.service.server.process.pid

    def setUp(self):
        self.gun = self.new_gun()

    def tearDown(self):
        """Whatever was sent, the process is the one that was started, and it works."""
        self.assertTrue(self.service.server.process.alive)
        self.assertEqual(self.pid, self.service.server.process.pid)
        self.assertEqual({"v1": "targets"}, self.new_notary().targets(self.survivor))

    def fresh_documents(self):
        """Signed and unpublished: root, targets and snapshot of version 1."""
        client = self.new_notary()
        client.run("init", self.gun)
        return {role: client.metadata(self.gun).joinpath(f"{role}.json").read_bytes()
                for role in ("root", "targets", "snapshot")}

    def assert_refused(self, answer, *codes):
        """A 4xx with Notary's error body; one of the codes, where any are given."""
        self.assertIn(answer.status, range(400, 500), answer)
        self.assertIn("application/json", answer.headers.get("Content-Type", ""), answer)
        self.assertIn(answer.error_code, codes or (answer.error_code,))

    def assert_nothing_stored(self):
        self.assertEqual(404, self.http().get(f"/v2/{self.gun}/_trust/tuf/root.json").status)

    def publish_raw(self, body, content_type=MULTIPART):
        return self.http().request("POST", f"/v2/{self.gun}/_trust/tuf/", body, {"Content-Type": content_type})

    # Uploads that are no multipart bodies.

    def test_truncated_multipart_is_refused(self):
        whole = multipart(self.fresh_documents())
        for length in (0, 1, 40, len(whole) // 2, len(whole) - 5):
            with self.subTest(length=length):
                self.assert_refused(self.publish_raw(whole[:length]), "MALFORMED_UPLOAD", "NO_FILENAME",
                                    "MALFORMED_JSON", "INVALID_UPDATE")
        self.assert_nothing_stored()

    def test_garbage_and_other_content_types_are_refused(self):
        whole = multipart(self.fresh_documents())
        for content_type in ("", "text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary=",
                             "multipart/form-data; boundary=" + "x" * 200):
            with self.subTest(content_type=content_type):
                self.assert_refused(self.publish_raw(whole, content_type), "MALFORMED_UPLOAD")
        self.assert_refused(self.publish_raw(bytes(range(256)) * 64), "MALFORMED_UPLOAD")

    def test_part_without_a_role_is_refused(self):
        for disposition in ('form-data; name="files"', 'form-data; name="files"; filename=""', ""):
            with self.subTest(disposition):
                header = f"Content-Disposition: {disposition}\r\n" if disposition else ""
                body = f"--{BOUNDARY}\r\n{header}\r\n{{}}\r\n--{BOUNDARY}--\r\n".encode()
                self.assert_refused(self.publish_raw(body), "NO_FILENAME", "INVALID_ROLE", "MALFORMED_UPLOAD")

    def test_part_of_no_role_is_refused(self):
        document = self.fresh_documents()["targets"]
        for role in ("targets/..", "targets//x", "targets/x/", "Targets", "../root", "targets/A", "targets/" + "x" * 300):
            with self.subTest(role):
                self.assert_refused(self.http().publish(self.gun, {role: document}), "INVALID_ROLE")

    # Documents that are not what they should be.

    def test_bytes_after_the_document_are_refused(self):
        for role in ("root", "targets", "snapshot"):
            for tail in (b"garbage", b"{}", b"\0"):
                with self.subTest(role=role, tail=tail):
                    files = self.fresh_documents()
                    files[role] += tail
                    self.assert_refused(self.http().publish(self.gun, files), "INVALID_UPDATE", "MALFORMED_JSON")
        self.assert_nothing_stored()

    def test_wrong_type_is_refused(self):
        files = self.fresh_documents()
        for role in files:
            for kind in (role, "Timestamp", "", 7, None):
                with self.subTest(role=role, kind=kind):
                    document = json.loads(files[role])
                    document["signed"]["_type"] = kind
                    self.assert_refused(self.http().publish(self.gun, {**files, role: compact(document)}),
                                        "INVALID_UPDATE", "MALFORMED_JSON")
        self.assert_nothing_stored()

    def test_unknown_member_in_the_envelope_is_refused(self):
        for role in ("root", "targets", "snapshot"):
            with self.subTest(role):
                self.gun = self.new_gun()
                files = self.fresh_documents()
                files[role] = files[role][:-1] + b',"extra":{"a":[1,2]}}'
                self.assert_refused(self.http().publish(self.gun, files), "INVALID_UPDATE", "MALFORMED_JSON")
                self.assert_nothing_stored()

    def test_largest_version_is_refused(self):
        files = self.fresh_documents()
        for role in files:
            for version in (2147483647, 2147483648, 1 << 63, 1 << 70, 0, -1, 1.5, "1"):
                with self.subTest(role=role, version=version):
                    document = json.loads(files[role])
                    document["signed"]["version"] = version
                    self.assert_refused(self.http().publish(self.gun, {**files, role: compact(document)}),
                                        "INVALID_UPDATE", "MALFORMED_JSON", "VERSION")
        self.assert_nothing_stored()

    def test_signature_without_its_members_is_refused(self):
        files = self.fresh_documents()
        for role in files:
            for member in ("keyid", "sig", "method"):
                with self.subTest(role=role, member=member):
                    document = json.loads(files[role])
                    del document["signatures"][0][member]
                    self.assert_refused(self.http().publish(self.gun, {**files, role: compact(document)}),
                                        "INVALID_UPDATE", "MALFORMED_JSON")
        self.assert_nothing_stored()

    def test_document_of_another_shape_is_refused(self):
        files = self.fresh_documents()
        shapes = (b"", b"{}", b"null", b"[]", b"7", b'"x"', b"{", b'{"signed":null,"signatures":[{"keyid":"a"}]}',
                  b'{"signed":{},"signatures":null}', b'{"signed":[],"signatures":[]}', b"\xff\xfe", b"[" * 100_000,
                  b'{"a":' * 100_000)
        for role in files:
            for shape in shapes:
                with self.subTest(role=role, shape=shape[:40]):
                    self.assert_refused(self.http().publish(self.gun, {**files, role: shape}))
        self.assert_nothing_stored()

    def test_null_delegation_is_refused(self):
        files = self.fresh_documents()
        document = json.loads(files["targets"])
        document["signed"]["delegations"]["roles"] = [None]

        self.assert_refused(self.http().publish(self.gun, {**files, "targets": compact(document)}))

    # Names.

    def test_collection_name_that_climbs_is_refused(self):
        def check(method, answer):
            self.assertEqual(400, answer.status, answer)
            self.assert_refused(answer)

        self.ask_for(("a/../b", "../../etc/passwd", "..", "a/%2e%2e/b", "%2e%2e%2f%2e%2e%2fetc"), check)

    def test_collection_name_with_empty_parts_is_redirected(self):
        self.ask_for(("a//b", "a/./b"), lambda method, answer: self.assertEqual(301, answer.status, answer))

    def test_odd_collection_names_are_refused(self):
        def check(method, answer):
            self.assertNotIn("X-Injected", answer.headers)
            if method != "DELETE" or answer.status != 200:  # As with Notary, what is not there counts as deleted.
                self.assert_refused(answer)

        self.ask_for(("a%00b", "%00", "x" * 10_000, "%", "%zz", "a%0d%0aX-Injected:%20y", "%ff%fe"), check)

    def ask_for(self, names, check):
        """Reads, publishes and deletes each collection; `check` gets the method and the answer."""
        body = multipart(self.fresh_documents())
        for name in names:
            for method, file, content in (("GET", "timestamp.json", None), ("POST", "", body), ("DELETE", "", None)):
                with self.subTest(name=name[:40], method=method):
                    path = f"/v2/{name}/_trust/tuf/{file}"
                    check(method, self.http().request(method, path, content, {"Content-Type": MULTIPART}))

    def test_escaped_slash_names_the_same_collection_or_is_refused(self):
        plain = self.http().get(f"/v2/{self.survivor}/_trust/tuf/root.json")
        escaped = self.http().get(f"/v2/{self.survivor.replace('/', '%2F')}/_trust/tuf/root.json")

        if escaped.status == 200:
            self.assertEqual(plain.body, escaped.body)
        else:
            self.assert_refused(escaped)

    def test_odd_changefeed_parameters_are_refused(self):
        for query in ("", "records=abc", "records=99999999999", "records=1&change_id=x", "records=%00"):
            with self.subTest(query):
                self.assert_refused(self.http().get(f"/v2/_trust/changefeed?{query}"), "INVALID_PARAMETERS")

    # Weight.

    def test_broken_http_leaves_the_server_alone(self):
        for request in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 4096, b"GET /v2/ HTTP/1.1\r\nHost",
                        b"POST /v2/a/_trust/tuf/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                        b"POST /v2/a/_trust/tuf/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                        b"GET /v2/ HTTP/1.1\r\nHost: x\r\nX: " + b"y" * (2 * MEBIBYTE) + b"\r\n\r\n"):
            with self.connect() as connection:
                self.send_until_answered(connection, [request])
        with socket.create_connection(("127.0.0.1", self.service.server.port), timeout=20) as plain:
            plain.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")

    def test_huge_requests_are_refused_and_forgotten(self):
        signatures = self.document_with_many_signatures()
        process = self.service.server.process
        before = process.resident_bytes()
        for _ in range(ATTACKS):
            self.attack_with_weight(signatures)

        # What a connection holds goes when the server sees that its client has left.
        process.wait_for(lambda: process.resident_bytes() < before + MOST_GROWTH)

    def test_an_upload_of_many_small_values_takes_bounded_memory(self):
        process = self.service.server.process
        ones = b'{"signed":{"version":1,"x":[' + b"1," * VALUES_A_PART + b'1]},"signatures":[]}'
        before = process.resident_bytes()
        process.forget_peak()

        self.assert_refused(self.http().publish(self.gun, {f"targets/{part}": ones for part in range(PARTS)}))

        self.assertLess(process.peak_bytes() - before, MOST_FOR_AN_UPLOAD)

    def document_with_many_signatures(self):
        files = self.fresh_documents()
        document = json.loads(files["targets"])
        document["signatures"] = [{"keyid": f"{number:064x}", "method": "ecdsa", "sig": "A" * 86 + "=="}
                                  for number in range(SIGNATURES)]
        return {**files, "targets": compact(document)}

    def attack_with_weight(self, signatures):
        self.assert_refused(self.http().publish(self.gun, signatures))
        self.assert_refused(self.send_huge_body(f"Content-Length: {HUGE_BODY}", lambda block: block))
        self.assert_refused(self.send_huge_body("Transfer-Encoding: chunked",
                                                lambda block: b"%x\r\n%s\r\n" % (len(block), block)))

    def send_huge_body(self, length_header, frame):
        head = (f"POST /v2/{self.gun}/_trust/tuf/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {MULTIPART}\r\n"
                f"{length_header}\r\n\r\n").encode()
        start = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="targets"\r\n\r\n'.encode()
        block = frame(b" " * MEBIBYTE)
        blocks = (block for _ in range(HUGE_BODY // MEBIBYTE - 1))
        with self.connect() as connection:
            return self.send_until_answered(connection, [head, frame(start)], blocks)

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.service.server.port), timeout=60)
        return self.http().tls.wrap_socket(connection, server_hostname="127.0.0.1")

    def send_until_answered(self, connection, first, rest=()):
        """Sends on until the server answers, as a client does that listens while it sends."""
        received = b""
        pieces = itertools.chain(first, rest)
        unsent = memoryview(b"")
        connection.setblocking(False)
        deadline = time.monotonic() + ANSWER_SECONDS
        while not self.is_complete(received) and time.monotonic() < deadline:
            try:
                if not connection.pending():
                    select.select([connection], [connection] if unsent is not None else [], [], 1)
                piece = connection.recv(65536)
                if not piece:
                    break
                received += piece
                unsent = None
            except ssl.SSLWantReadError:
                unsent = self.send_some(connection, unsent, pieces)
            except (ConnectionError, ssl.SSLError):
                break
        return self.parse(received)

    def send_some(self, connection, unsent, pieces):
        """Sends what the connection takes now. Returns what is left, None where all is sent."""
        if unsent is None:
            return None
        try:
            if not unsent:
                unsent = memoryview(next(pieces, b""))
            return unsent[connection.send(unsent):] if unsent else None
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return unsent

    def is_complete(self, received):
        answer = self.parse(received)
        return b"\r\n\r\n" in received and len(answer.body) >= int(answer.headers.get("Content-Length", "0"))

    def parse(self, received):
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode(errors="replace").split("\r\n")
        words = lines[0].split()
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        return Answer(int(words[1]) if len(words) > 1 else 0, headers, body)
