"""Publishers that race: each version has one winner, the others get Notary's answer, and no update is lost."""

import concurrent.futures
import threading
import time

from harness import settings
from harness.case import TrustServiceCase, for_pairs
from harness.collection import Collection

ROUNDS = 10
WRITERS = 8
COLLECTIONS = 4
MOST_TRIES = 200


class StartingLine:
    """Holds uploads in a proxy until all racers have sent theirs, then lets them go at once."""

    def __init__(self, proxy, racers):
        self.answers = []
        self.armed = False
        self._barrier = threading.Barrier(racers)
        proxy.before = self.hold
        proxy.after = self.record

    def hold(self, method, path):
        if method == "POST" and self.armed:
            self._barrier.wait(20)

    def record(self, method, path, answer):
        if method == "POST":
            self.answers.append(answer)
        return answer


@for_pairs()
class RaceSuite(TrustServiceCase):
    def test_one_of_two_publishers_wins_and_the_retry_of_the_other_succeeds(self):
        for snapshot_is_on_server in (False, True):
            with self.subTest(snapshot_is_on_server=snapshot_is_on_server):
                self.race(self.new_gun(), snapshot_is_on_server)

    def race(self, gun, snapshot_is_on_server):
        proxy = self.new_proxy()
        line = StartingLine(proxy, 2)
        first = self.new_notary(proxy.url)
        first.publish(gun, "start")
        if snapshot_is_on_server:
            first.run("key", "rotate", gun, "snapshot", "-r")
        racers = first, first.copy(self.workspace.folder("racer"))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for number in range(ROUNDS):
                for index, racer in enumerate(racers):
                    racer.add(gun, f"r{number}-{index}", b"x\n")
                line.answers, line.armed = [], True
                outcomes = list(pool.map(lambda racer: racer.try_run("publish", gun), racers))
                line.armed = False

                self.assertEqual([200, 400], sorted(answer.status for answer in line.answers))
                refusal = next(answer for answer in line.answers if answer.status == 400)
                self.assertEqual("VERSION", refusal.error_code)
                losers = [racer for racer, outcome in zip(racers, outcomes) if not outcome.ok]
                self.assertEqual(1, len(losers))
                losers[0].run("publish", gun)

        expected = {"start"} | {f"r{number}-{index}" for number in range(ROUNDS) for index in range(2)}
        self.assertEqual(expected, self.new_notary().targets(gun).keys())


@for_pairs("sello/sello")
class WritersSuite(TrustServiceCase):
    def test_no_update_of_many_writers_is_lost(self):
        guns = [self.new_gun() for _ in range(COLLECTIONS)]
        first = self.new_notary()
        for gun in guns:
            first.publish(gun, "start")
        writers = [first.copy(self.workspace.folder("writer")) for _ in range(WRITERS)]
        each = -(-settings.PUBLISHES // WRITERS)
        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
            jobs = [pool.submit(self.write, writer, index, guns[index % COLLECTIONS], each)
                    for index, writer in enumerate(writers)]
            retries = sum(job.result() for job in jobs)
        seconds = time.monotonic() - start
        print(f"  {WRITERS} writers, {WRITERS * each} publishes, {retries} retries ({seconds:.0f} s)", flush=True)

        for number, gun in enumerate(guns):
            expected = {"start"} | {f"w{index}-{serial}" for index in range(number, WRITERS, COLLECTIONS)
                                    for serial in range(each)}
            self.assertEqual(expected, Collection(self.http(), gun).names)
            self.assertEqual(expected, self.new_notary().targets(gun).keys())

    def write(self, writer, index, gun, count):
        """Publishes `count` targets, each until it goes through. Returns how often it had to try again."""
        retries = 0
        payload = writer.folder / "payload"
        payload.write_bytes(b"x\n")
        for serial in range(count):
            outcome = writer.try_run("add", gun, f"w{index}-{serial}", payload, "-p")
            while not outcome.ok:
                self.assertIn("trust server rejected operation", outcome.text)
                retries += 1
                self.assertLess(retries, MOST_TRIES * count)
                outcome = writer.try_run("publish", gun)
        return retries
