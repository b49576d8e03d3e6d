"""The base of suites that need an engine and a registry beside the trust service."""

from .case import TrustServiceCase
from .docker_cli import DockerCli
from .docker_engine import DockerEngine
from .registry import Registry


class DockerCase(TrustServiceCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.registry = Registry(cls.workspace.folder("registry"))
        cls.addClassCleanup(cls.registry.stop)
        cls.registry.start()
        cls.publisher_engine = cls.new_engine()
        cls.clean_engine = cls.new_engine()

    @classmethod
    def new_engine(cls) -> DockerEngine:
        engine = DockerEngine(cls.workspace.folder("engine"))
        cls.addClassCleanup(engine.stop)
        return engine.start()

    def setUp(self) -> None:
        self.repository = self.new_gun()
        self.name = f"{self.registry.address}/{self.repository}"
        self.docker = self.new_docker(self.publisher_engine)

    def new_docker(self, engine: DockerEngine, url: str | None = None) -> DockerCli:
        """A docker command with an empty trust directory."""
        return DockerCli(self.workspace.folder("docker"), engine, url or self.service.server.url,
                         self.service.authority.certificate)

    def push(self, tag: str, content: str, trust: bool = True) -> str:
        """Makes an image and pushes it. Returns the image's ID."""
        image = self.docker.make_image(f"{self.name}:{tag}", content)
        self.docker.run("push", f"{self.name}:{tag}", trust=trust)
        return image

    def puller(self, url: str | None = None) -> DockerCli:
        """A docker command of the engine that has no images, with an empty trust directory."""
        docker = self.new_docker(self.clean_engine, url)
        images = docker.run("image", "ls", "--quiet", "--no-trunc", trust=False).out.split()
        if images:
            docker.forget(*images)
        return docker
