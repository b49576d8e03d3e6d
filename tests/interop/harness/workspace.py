"""A directory that holds everything one suite makes, gone when the suite ends."""

import pathlib
import shutil
import tempfile

from . import settings


class Workspace:
    def __init__(self, name: str):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=f"sello-{name}-"))
        self._serial = 0

    def folder(self, name: str) -> pathlib.Path:
        """A new folder; the name is made unique."""
        self._serial += 1
        path = self.path / f"{name}-{self._serial}"
        path.mkdir(mode=0o700)
        return path

    def file(self, content: bytes, name: str = "file") -> pathlib.Path:
        path = self.folder(name) / name
        path.write_bytes(content)
        return path

    def remove(self) -> None:
        if settings.KEEP:
            print(f"kept {self.path}")
            return
        shutil.rmtree(self.path, ignore_errors=True)
