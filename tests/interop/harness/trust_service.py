"""A server and a signer that work together."""

from . import pki
from .notary_server import NotaryServer
from .notary_signer import NotarySigner
from .sello_server import SelloServer
from .sello_signer import SelloSigner
from .workspace import Workspace

SERVERS = {"notary": NotaryServer, "sello": SelloServer}
SIGNERS = {"notary": NotarySigner, "sello": SelloSigner}


class TrustService:
    """`pair` names server and signer, as in `sello/notary`."""

    def __init__(self, pair: str, workspace: Workspace):
        server, signer = pair.split("/")
        self.authority = pki.Authority(workspace.folder("pki"))
        self.signer = SIGNERS[signer](workspace.folder("signer"), self.authority)
        self.server = SERVERS[server](workspace.folder("server"), self.authority, self.signer)

    def start(self) -> "TrustService":
        try:
            self.signer.start()
            self.server.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        self.server.stop()
        self.signer.stop()
