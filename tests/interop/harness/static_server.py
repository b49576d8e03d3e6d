"""A trust server that hands out what it is given, over plain HTTP."""

from .local_http import LocalHttpServer, QuietHandler


class StaticTrustServer(LocalHttpServer):
    """`files` is a collection's GUN to its documents by name; changes count from the next request on."""

    def __init__(self):
        self.files: dict[str, dict[str, bytes]] = {}
        self.requests: list[str] = []
        super().__init__(_handler_for(self))

    def tamper(self, gun: str, old: bytes, new: bytes) -> None:
        self.files[gun] = {name: document.replace(old, new) for name, document in self.files[gun].items()}


def _handler_for(server: StaticTrustServer) -> type:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            gun, _, name = self.path.removeprefix("/v2/").partition("/_trust/tuf/")
            body = b"{}" if self.path == "/v2/" else server.files.get(gun, {}).get(name)
            if name:
                server.requests.append(name)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

    return Handler
