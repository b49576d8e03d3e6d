"""Publishers that race: each version has one winner, the others get Notary's answer, and no update is lost."""

import concurrent.futures
import threading
import time

from harness import command, passphrases, settings
from harness.case import TrustServiceCase, for_pairs
from harness.collection import Collection

ROUNDS = 10
WRITERS = 8
MOST_SECONDS = 300


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
    def test_no_update_of_many_writers_to_one_collection_is_lost(self):
        gun = self.new_gun()
        first = self.new_notary()
        first.publish(gun, "start")
        before = Collection(self.http(), gun)
        each = -(-settings.PUBLISHES // WRITERS)
        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
            jobs = [pool.submit(self.write, first.copy(self.workspace.folder("writer")), gun, f"w{index}-", each)
                    for index in range(WRITERS)]
            acknowledged = [name for job in jobs for name in job.result()]
        seconds = time.monotonic() - start
        print(f"  {WRITERS} writers, {len(acknowledged)} publishes to one collection ({seconds:.0f} s)", flush=True)

        self.assertEqual(WRITERS * each, len(set(acknowledged)))
        self.assertEqual({"start", *acknowledged}, self.new_notary().targets(gun).keys())
        after = Collection(self.http(), gun)
        self.assertEqual({"start", *acknowledged}, after.names)
        for role in ("targets", "snapshot", "timestamp"):
            self.assertEqual(len(acknowledged), after.version(role) - before.version(role), f"{role}: versions")
            self.assertEqual([], after.missing_versions(role, before.version(role)), f"{role}: gaps")

    def write(self, client, gun, prefix, count):
        """Publishes `count` targets, each tried until it is acknowledged. Returns the acknowledged names."""
        done = command.run([settings.PUBLISH_WRITER, "--server", client.url, "--ca", client.ca, "--trust-dir",
                            client.trust, "--gun", gun, "--prefix", prefix, "--count", count],
                           passphrases.NOTARY, seconds=MOST_SECONDS)
        return command.expect_success(done).out.split()
