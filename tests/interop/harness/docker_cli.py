"""The docker command with a configuration of its own: trust directory, CA and credentials."""

import base64
import io
import json
import pathlib
import tarfile
import urllib.parse

from . import command, passphrases, settings
from .command import Outcome
from .docker_engine import DockerEngine


class DockerCli:
    def __init__(self, folder: pathlib.Path, engine: DockerEngine, url: str, ca: pathlib.Path):
        self.config = folder / "config"
        self.engine = engine
        self.trust = self.config / "trust"
        self.config.mkdir(mode=0o700)
        self._folder = folder
        self._ca = ca
        self.point_at(url)

    def point_at(self, url: str) -> None:
        """Makes `url` the trust server, its CA known."""
        self.url = url
        tls = self.config / "tls" / urllib.parse.urlsplit(url).netloc
        tls.mkdir(parents=True, exist_ok=True)
        (tls / "ca.crt").write_bytes(self._ca.read_bytes())

    def log_in(self, registry: str, user: str) -> None:
        """What `docker login` leaves behind; the registry asks for no password."""
        secret = base64.b64encode(f"{user}:unused".encode()).decode()
        (self.config / "config.json").write_text(json.dumps({"auths": {registry: {"auth": secret}}}))

    def try_run(self, *arguments: object, trust: bool = True, stdin: bytes | None = None) -> Outcome:
        environment = {**passphrases.DOCKER, "HOME": str(self._folder), "DOCKER_CONFIG": str(self.config),
                       "DOCKER_CONTENT_TRUST": "1" if trust else "0", "DOCKER_CONTENT_TRUST_SERVER": self.url}
        return command.run([settings.DOCKER, "-H", self.engine.socket, *arguments], environment, stdin)

    def run(self, *arguments: object, trust: bool = True, stdin: bytes | None = None) -> Outcome:
        return command.expect_success(self.try_run(*arguments, trust=trust, stdin=stdin))

    def refused(self, *arguments: object) -> Outcome:
        return command.expect_refusal(self.try_run(*arguments))

    def make_image(self, reference: str, content: str) -> str:
        """An image of one small file, made without a network. Returns its ID."""
        layer = io.BytesIO()
        with tarfile.open(fileobj=layer, mode="w") as archive:
            data = content.encode()
            entry = tarfile.TarInfo("content")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        return self.run("import", "-", reference, trust=False, stdin=layer.getvalue()).out.strip()

    def image_id(self, reference: str) -> str:
        return self.run("image", "inspect", "--format", "{{.Id}}", reference, trust=False).out.strip()

    def forget(self, *references: str) -> None:
        self.try_run("image", "rm", "--force", *references, trust=False)

    def trust_report(self, reference: str) -> dict:
        """What `docker trust inspect` says of one image or repository."""
        return json.loads(self.run("trust", "inspect", reference).out)[0]
