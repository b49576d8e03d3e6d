"""An HTTPS proxy in front of a trust server that may hold, record or change what passes."""

import http.client
import pathlib
import re
import ssl
from collections.abc import Callable

from . import pki
from .http_client import Answer
from .local_http import LocalHttpServer, QuietHandler

# Tells whether a path asks for a role's current or addressed document, as in `.../snapshot.<sha256>.json`.
ROLE_PATH = re.compile(r"/_trust/tuf/(?:\d+\.)?(?P<role>[a-z0-9_/-]+?)(?:\.[0-9a-f]{64})?\.json$")


def role_of(path: str) -> str | None:
    match = ROLE_PATH.search(path)
    return match["role"] if match else None


class Proxy(LocalHttpServer):
    """`before(method, path)` runs before a request is passed on, `after(method, path, answer)` returns what the client gets."""

    def __init__(self, upstream_port: int, ca: pathlib.Path, certificate: pki.Certificate):
        self.before: Callable[[str, str], None] = lambda method, path: None
        self.after: Callable[[str, str, Answer], Answer] = lambda method, path, answer: answer
        self.upstream_port = upstream_port
        self.upstream_tls = ssl.create_default_context(cafile=str(ca))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate.certificate, certificate.key)
        super().__init__(_handler_for(self), tls)


def _handler_for(proxy: Proxy) -> type:
    class Handler(QuietHandler):
        def _pass(self) -> None:
            body = self._body()
            proxy.before(self.command, self.path)
            answer = self._ask_upstream(body)
            answer = proxy.after(self.command, self.path, answer)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def _body(self) -> bytes | None:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                chunks = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)
            return self.rfile.read(int(self.headers.get("Content-Length", "0"))) or None

        def _ask_upstream(self, body: bytes | None) -> Answer:
            upstream = http.client.HTTPSConnection("127.0.0.1", proxy.upstream_port, context=proxy.upstream_tls,
                                                   timeout=60)
            skipped = ("host", "connection", "transfer-encoding", "content-length", "accept-encoding")
            headers = {name: value for name, value in self.headers.items() if name.lower() not in skipped}
            try:
                upstream.request(self.command, self.path, body, headers)
                answer = upstream.getresponse()
                return Answer(answer.status, dict(answer.getheaders()), answer.read())
            finally:
                upstream.close()

        do_GET = do_POST = do_DELETE = _pass

    return Handler
