"""A signer that hangs takes publishers with it, and nobody else."""

import concurrent.futures
import signal

from harness.case import TrustServiceCase, for_pairs

WORKERS = 16


@for_pairs("sello/sello")
class HangingSignerSuite(TrustServiceCase):
    def test_readers_are_served_while_many_wait_for_the_signer(self):
        gun = self.new_gun()
        self.new_notary().publish(gun, "v1")
        signer = self.service.signer.process
        paths = [f"/v2/{gun}/_trust/tuf/{file}.json"
                 for file in ("root", "1.root", "targets", "snapshot", "timestamp", "1.timestamp")]

        signer.send_signal(signal.SIGSTOP)
        with concurrent.futures.ThreadPoolExecutor(2 * WORKERS) as pool:
            try:
                waiting = [pool.submit(self.http().get, f"/v2/{gun}-{number}/_trust/tuf/timestamp.key")
                           for number in range(2 * WORKERS)]
                statuses = [self.http().get(path).status for path in paths]
                unanswered = [job for job in waiting if not job.done()]
            finally:
                signer.send_signal(signal.SIGCONT)

        self.assertEqual([200] * len(paths), statuses)
        self.assertEqual(len(waiting), len(unanswered))
