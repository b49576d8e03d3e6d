"""tuf-js and @tufjs/models, from npm, as the versions in tests/interop/tuf/package-lock.json."""

import hashlib
import pathlib
import shutil
import subprocess

from . import command, settings

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "tuf"


class TufJs:
    """Installed once for each lock file, below the build folder."""

    def __init__(self):
        lock = (FOLDER / "package-lock.json").read_bytes()
        self._modules = settings.BUILD / "tufjs" / hashlib.sha256(lock).hexdigest()[:16]
        if not (self._modules / "done").exists():
            self._install()

    def _install(self) -> None:
        shutil.rmtree(self._modules, ignore_errors=True)
        self._modules.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FOLDER / name, self._modules)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=self._modules, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=300)
        (self._modules / "done").touch()

    def run(self, script: str, *arguments: object) -> command.Outcome:
        return command.run(["node", FOLDER / script, *arguments], self.environment)

    @property
    def environment(self) -> dict[str, str]:
        return {"NODE_PATH": str(self._modules / "node_modules")}
