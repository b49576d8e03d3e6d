"""A trust server that hands out what it is given, over plain HTTP."""

import http.server
import threading


class StaticTrustServer:
    """`files` is a collection's GUN to its documents by name; changes count from the next request on."""

    def __init__(self):
        self.files: dict[str, dict[str, bytes]] = {}
        self.requests: list[str] = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def tamper(self, gun: str, old: bytes, new: bytes) -> None:
        self.files[gun] = {name: document.replace(old, new) for name, document in self.files[gun].items()}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler_for(server: StaticTrustServer) -> type:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            gun, _, name = self.path.removeprefix("/v2/").partition("/_trust/tuf/")
            body = b"{}" if self.path == "/v2/" else server.files.get(gun, {}).get(name)
            if name:
                server.requests.append(name)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler
