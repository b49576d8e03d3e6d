"""A TUF 1.0 repository's files over plain HTTP."""

import functools
import http.server
import pathlib
import urllib.parse

from .local_http import LocalHttpServer


class FileHandler(http.server.SimpleHTTPRequestHandler):
    """HTTP/1.0: closes the connection after each answer."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.requests.append(self.path)
        if self.path in self.server.statuses:
            return self.send_error(self.server.statuses[self.path])
        super().do_GET()

    def translate_path(self, path):
        """Metadata files stand under their encoded names, targets under their own."""
        raw = pathlib.Path(self.directory).joinpath(path.lstrip("/"))
        return str(raw if raw.exists() else pathlib.Path(self.directory).joinpath(urllib.parse.unquote(path).lstrip("/")))


class PersistentHandler(FileHandler):
    protocol_version = "HTTP/1.1"


class RedirectingHandler(PersistentHandler):
    """Sends everybody elsewhere first, with a page longer than any file that was asked for."""

    def do_GET(self):
        folder, _, name = self.path.rpartition("/")
        if folder.endswith("/elsewhere"):
            self.path = f"{folder.removesuffix('/elsewhere')}/{name}"
            return super().do_GET()
        page = b"moved" * 20_000
        self.send_response(302)
        self.send_header("Location", f"elsewhere/{name}")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


class FileServer(LocalHttpServer):
    """`requests` are the paths asked for so far, `statuses` those that get no file but this status."""

    def __init__(self, folder: pathlib.Path, handler: type[FileHandler] = FileHandler):
        super().__init__(functools.partial(handler, directory=folder))
        self._server.requests = self.requests = []
        self._server.statuses = self.statuses = {}
