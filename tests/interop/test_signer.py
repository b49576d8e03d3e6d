"""sello-signer as its operators meet it."""

import json
import signal
import subprocess
import unittest

from harness import pki, settings
from harness.sello_signer import SelloSigner
from harness.workspace import Workspace

HANGING_MODULE = """
#include <unistd.h>
int C_GetFunctionList(void** functions) {
    (void)functions;
    write(2, "called\\n", 7);
    for (;;) pause();
}
"""


class SignerSuite(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace("signer")
        self.addCleanup(self.workspace.remove)

    def test_a_start_that_hangs_in_the_module_can_be_ended(self):
        signer = SelloSigner(self.workspace.folder("signer"), pki.Authority(self.workspace.folder("pki")))
        source = self.workspace.file(HANGING_MODULE.encode(), "hanging.c")
        module = source.with_suffix(".so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", module, source], check=True)
        config = self.workspace.folder("config") / "config.json"
        configuration = signer.configuration()
        configuration["vault"]["module"] = str(module)
        config.write_text(json.dumps(configuration))

        process = subprocess.Popen([settings.SELLO_SIGNER, "--config", config], stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        self.addCleanup(process.stderr.close)
        self.assertIn("called\n", iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGTERM)

        self.assertEqual(0, process.wait(timeout=30))
