"""sello, which takes notary's commands and flags."""

from . import settings
from .notary_client import NotaryClient


class SelloClient(NotaryClient):
    PROGRAM = settings.SELLO
