"""A server killed at random moments of a publish loop: what it acknowledged is there, and nothing is half there."""

import random
import threading
import time

from harness import settings
from harness.case import TrustServiceCase, for_pairs
from harness.collection import Collection

COLLECTIONS = 3
# A client's publish takes some 50 ms, most of it before its upload: kills fall on every part of several.
LONGEST_LIFE_SECONDS = 0.25
# Fresh collections now and then, so that documents stay as small as real ones.
KILLS_A_ROUND = 50


class Publisher:
    """Publishes one target after another while the gate is open, and keeps what the server acknowledged."""

    def __init__(self, client, gun, gate):
        self.client = client
        self.gun = gun
        self.acknowledged = set()
        self.fault = None
        self.busy = threading.Lock()
        self._gate = gate
        self._finished = False
        client.run("init", gun)
        client.publish(gun, "first")
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
        kills = acknowledged = 0
        start = time.monotonic()
        while kills < settings.KILLS:
            count = min(KILLS_A_ROUND, settings.KILLS - kills)
            acknowledged += self.kill_often(count, chance)
            kills += count
        seconds = time.monotonic() - start
        print(f"  {kills} kills, {acknowledged} acknowledged publishes, none lost ({seconds:.0f} s)", flush=True)
        self.assertGreater(acknowledged, kills / 4)

    def kill_often(self, count, chance):
        gate = threading.Event()
        publishers = [Publisher(self.new_notary(), self.new_gun(), gate) for _ in range(COLLECTIONS)]
        try:
            for _ in range(count):
                gate.set()
                threading.Event().wait(chance.uniform(0, LONGEST_LIFE_SECONDS))
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
        return sum(len(publisher.acknowledged) for publisher in publishers)

    def check(self, publisher):
        self.assertIsNone(publisher.fault)
        stored = Collection(self.http(), publisher.gun)
        lost = publisher.acknowledged - stored.names
        self.assertFalse(lost, f"{publisher.gun}: acknowledged and lost")
        seen = self.new_notary().targets(publisher.gun)
        self.assertEqual(stored.names, seen.keys())
