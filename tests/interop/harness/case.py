"""The base of every suite: one workspace and one trust service a class."""

import os
import re
import sys
import unittest

from . import pki, settings
from .http_client import HttpClient
from .notary_client import NotaryClient
from .proxy import Proxy
from .sello_client import SelloClient
from .trust_service import TrustService
from .workspace import Workspace


class TrustServiceCase(unittest.TestCase):
    """A suite names no server: `for_pairs` makes one class of it for each pair."""

    pair = ""
    _serial = 0

    @classmethod
    def setUpClass(cls) -> None:
        if os.geteuid() != 0:
            raise unittest.SkipTest("not root: the ports of Debian's programs and a docker engine need it")
        cls.workspace = Workspace(re.sub("[^a-z]+", "-", cls.__name__.lower()).strip("-"))
        cls.addClassCleanup(cls.workspace.remove)
        cls.service = TrustService(cls.pair, cls.workspace)
        cls.addClassCleanup(cls.service.stop)
        cls.service.start()

    def new_gun(self) -> str:
        """A collection that no other test of the class touches."""
        TrustServiceCase._serial += 1
        return f"interop/{self._testMethodName.removeprefix('test_')}-{TrustServiceCase._serial}"

    @classmethod
    def new_notary(cls, url: str | None = None, kind: type[NotaryClient] = NotaryClient) -> NotaryClient:
        """A client that has seen nothing yet."""
        return kind(cls.workspace.folder(kind.__name__.lower()), url or cls.service.server.url,
                    cls.service.authority.certificate)

    @classmethod
    def new_sello(cls, url: str | None = None) -> SelloClient:
        return cls.new_notary(url, SelloClient)

    def new_proxy(self) -> Proxy:
        certificate = self.service.authority.issue("proxy")
        proxy = Proxy(self.service.server.port, self.service.authority.certificate, certificate)
        self.addCleanup(proxy.stop)
        return proxy

    def http(self) -> HttpClient:
        return HttpClient(self.service.server.port, self.service.authority.certificate)

    def foreign_authority(self) -> pki.Authority:
        """A CA that signed nothing of the service's."""
        return pki.Authority(self.workspace.folder("foreign"), "foreign CA")


def for_pairs(*pairs: str):
    """Replaces a suite by one class a pair, among those that this run is asked for; none named means all of them."""
    def expand(suite: type) -> None:
        module = sys.modules[suite.__module__]
        for pair in settings.PAIRS:
            if not pairs or pair in pairs:
                name = f"{suite.__name__}[{pair}]"
                setattr(module, name, type(name, (suite,), {"pair": pair, "__module__": suite.__module__}))
    return expand
