"""sello, which takes notary's commands and flags."""

from . import settings
from .notary_client import NotaryClient

# Exit status.
NOT_TRUSTED = 3
NOT_THERE = 4


class SelloClient(NotaryClient):
    PROGRAM = settings.SELLO
