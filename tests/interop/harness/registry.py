"""Debian's docker-registry on plain HTTP: the engine allows that on a loopback address."""

import http.client
import pathlib

from . import missing, settings
from .service import Service

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class Registry(Service):
    def __init__(self, folder: pathlib.Path):
        missing.require(settings.DOCKER_REGISTRY)
        super().__init__("docker-registry", folder)

    def configuration(self) -> dict:
        return {"version": 0.1, "log": {"level": "error"}, "http": {"addr": self.address},
                "storage": {"filesystem": {"rootdirectory": str(self.folder / "data")}, "delete": {"enabled": True}}}

    def command(self, config: pathlib.Path) -> list[str]:
        return [settings.DOCKER_REGISTRY, "serve", str(config)]

    def digest(self, repository: str, tag: str) -> str:
        """`sha256:HEX` of the manifest that the tag names at this moment."""
        return self._request("HEAD", f"/v2/{repository}/manifests/{tag}").getheader("Docker-Content-Digest")

    def manifest(self, repository: str, tag: str) -> bytes:
        return self._request("GET", f"/v2/{repository}/manifests/{tag}").body

    def delete_manifest(self, repository: str, digest: str) -> None:
        self._request("DELETE", f"/v2/{repository}/manifests/{digest}")

    def _request(self, method: str, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, headers={"Accept": MANIFEST})
            answer = connection.getresponse()
            answer.body = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise AssertionError(f"registry: {method} {path}: {answer.status} {answer.body[:300]!r}")
        return answer
