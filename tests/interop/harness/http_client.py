"""Plain requests to a server, for what the real clients would never send."""

import dataclasses
import http.client
import json
import pathlib
import ssl

BOUNDARY = "interop0boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error_code(self) -> str:
        """Notary's code in an error body. Throws where the body is not Notary's error envelope."""
        return json.loads(self.body)["errors"][0]["code"]


class HttpClient:
    def __init__(self, port: int, ca: pathlib.Path):
        self.port = port
        self.tls = ssl.create_default_context(cafile=str(ca))

    def request(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own. `path` goes on the wire as it is."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls, timeout=60)
        connection._validate_path = lambda url: None  # Paths that a client library would refuse are the point.
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def publish(self, gun: str, files: dict[str, bytes]) -> Answer:
        return self.request("POST", f"/v2/{gun}/_trust/tuf/", multipart(files), {"Content-Type": MULTIPART})


def multipart(files: dict[str, bytes]) -> bytes:
    """An upload: role to document, laid out as the real clients do."""
    parts = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{role}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode() + document + b"\r\n"
        for role, document in files.items())
    return parts + f"--{BOUNDARY}--\r\n".encode()
