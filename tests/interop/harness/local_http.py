"""HTTP servers of the tests' own, on a port of 127.0.0.1 that was free."""

import http.server
import ssl
import threading
from collections.abc import Callable


class LocalHttpServer:
    """Answers by `handler`, over TLS if given its context, from now until stop()."""

    def __init__(self, handler: Callable[..., http.server.BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class QuietHandler(http.server.BaseHTTPRequestHandler):
    """HTTP/1.1, and no line for each request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass
