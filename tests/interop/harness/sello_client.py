"""sello, which takes notary's commands and flags."""

from . import settings
from .notary_client import NotaryClient

# Exit status.
BAD_COMMAND = 2
NOT_TRUSTED = 3
NOT_THERE = 4
NO_ANSWER = 5


class SelloClient(NotaryClient):
    PROGRAM = settings.SELLO
