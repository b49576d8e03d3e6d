"""A server killed at random moments of a publish loop: what it acknowledged is there, and nothing is half there."""

import random
import threading
import time

from harness import settings
from harness.case import TrustServiceCase, for_pairs
from harness.collection import Collection

COLLECTIONS = 3
# A server lives up to this many times what a lone publish takes; three at once on two cores take twice as long, so
# kills fall on every part of the first two or three.
LONGEST_LIFE = 5
# Fresh collections now and then, so that documents stay as small as real ones.
KILLS_A_ROUND = 50


class Publisher:
    """Publishes one target after another while the gate is open, and keeps what the server acknowledged."""

    def __init__(self, client, gun, gate):
        self.client = client
        self.gun = gun
        self.acknowledged = set()
        self.cut_short = 0
        self.fault = None
        self.busy = threading.Lock()
        self._gate = gate
        self._finished = False
        client.run("init", gun)
        start = time.monotonic()
        client.publish(gun, "first")
        self.seconds = time.monotonic() - start
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self):
        serial = 0
        while not self._finished:
            self._gate.wait()
            with self.busy:
                if not self._gate.is_set() or self._finished:
                    continue
                serial += 1
                name = f"t{serial}"
                try:
                    payload = self.client.folder / "payload"
                    if self.client.try_run("add", self.gun, name, payload, "-p").ok:
                        self.acknowledged.add(name)
                    else:
                        self.cut_short += 1
                except Exception as fault:  # Told by the test's own thread.
                    self.fault = fault
                    return

    def finish(self):
        self._finished = True
        self._thread.join()


@for_pairs("sello/sello")
class DurabilitySuite(TrustServiceCase):
    def test_every_acknowledged_publish_survives_sigkill(self):
        chance = random.Random()
        kills = acknowledged = cut_short = 0
        start = time.monotonic()
        while kills < settings.KILLS:
            count = min(KILLS_A_ROUND, settings.KILLS - kills)
            publishers = self.kill_often(count, chance)
            acknowledged += sum(len(publisher.acknowledged) for publisher in publishers)
            cut_short += sum(publisher.cut_short for publisher in publishers)
            kills += count
        seconds = time.monotonic() - start
        print(f"  {kills} kills, {acknowledged} acknowledged publishes, none lost, {cut_short} cut short ({seconds:.0f} s)",
              flush=True)
        self.assertGreater(acknowledged, kills / 4)
        self.assertGreater(cut_short, kills / 4)

    def kill_often(self, count, chance):
        gate = threading.Event()
        publishers = [Publisher(self.new_notary(), self.new_gun(), gate) for _ in range(COLLECTIONS)]
        longest = LONGEST_LIFE * min(publisher.seconds for publisher in publishers)
        try:
            for _ in range(count):
                gate.set()
                threading.Event().wait(chance.uniform(0, longest))
                self.service.server.kill()
                gate.clear()
                for publisher in publishers:
                    publisher.busy.acquire()
                self.service.server.start()
                for publisher in publishers:
                    self.check(publisher)
                    publisher.busy.release()
        finally:
            for publisher in publishers:
                publisher._finished = True
            gate.set()
            for publisher in publishers:
                if publisher.busy.locked():
                    publisher.busy.release()
                publisher.finish()
        return publishers

    def check(self, publisher):
        self.assertIsNone(publisher.fault)
        stored = Collection(self.http(), publisher.gun)
        lost = publisher.acknowledged - stored.names
        self.assertFalse(lost, f"{publisher.gun}: acknowledged and lost")
        seen = self.new_notary().targets(publisher.gun)
        self.assertEqual(stored.names, seen.keys())
