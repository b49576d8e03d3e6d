"""Publishers that race: each version has one winner, the others get Notary's answer, and no update is lost."""

import concurrent.futures
import json
import pathlib
import threading
import time

from harness import command, passphrases, settings
from harness.case import TrustServiceCase, for_pairs
from harness.collection import Collection
from harness.sello_client import SelloClient

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


class Gate:
    """Holds one answer in a proxy, until it is opened."""

    def __init__(self, proxy, method, name):
        self._wanted = method, name
        self._held = threading.Event()
        self._open = threading.Event()
        proxy.after = self.hold

    def hold(self, method, path, answer):
        if method == self._wanted[0] and path.endswith(self._wanted[1]):
            self._held.set()
            self._open.wait(30)
        return answer

    def wait(self):
        if not self._held.wait(20):
            raise AssertionError("nothing came to the gate")

    def open(self):
        self._open.set()


def somebody_waits_for(folder):
    """Whether a process waits for the lock on a folder, as the kernel tells it."""
    inode = f":{folder.stat().st_ino} "
    return any("-> FLOCK" in line and inode in line for line in pathlib.Path("/proc/locks").read_text().splitlines())


@for_pairs("sello/sello")
class SharedDirectorySuite(TrustServiceCase):
    def setUp(self):
        self.gun = self.new_gun()
        self.client = self.new_sello()
        proxy = self.new_proxy()
        self.slow = SelloClient(self.client.folder, proxy.url, self.client.ca, self.client.trust)
        self.proxy = proxy

    def run_beside(self, gate, slow, meanwhile, fast, folder):
        """`slow` until it is held at the gate, `meanwhile`, then `fast` until it has ended or waits for the folder."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(slow)]
            gate.wait()
            meanwhile()
            jobs.append(pool.submit(fast))
            while not jobs[1].done() and not somebody_waits_for(folder):
                time.sleep(0.01)
            gate.open()
            return [job.result() for job in jobs]

    def test_a_slow_reader_does_not_lower_what_a_fast_one_remembers(self):
        writer = self.new_notary()
        writer.publish(self.gun, "v1")
        gate = Gate(self.proxy, "GET", "/timestamp.json")

        self.run_beside(gate, lambda: self.slow.run("list", self.gun), lambda: writer.publish(self.gun, "v2"),
                        lambda: self.client.run("list", self.gun), self.client.metadata(self.gun).parent)

        cached = json.loads((self.client.metadata(self.gun) / "timestamp.json").read_bytes())["signed"]["version"]
        self.assertEqual(Collection(self.http(), self.gun).version("timestamp"), cached)

    def test_two_publishers_of_one_directory_send_each_staged_change_once(self):
        self.client.publish(self.gun, "v1")
        before = Collection(self.http(), self.gun).version("targets")
        self.client.add(self.gun, "v2", b"x\n")
        gate = Gate(self.proxy, "POST", "/_trust/tuf/")

        self.run_beside(gate, lambda: self.slow.run("publish", self.gun), lambda: None,
                        lambda: self.client.run("publish", self.gun), self.client.metadata(self.gun).parent / "changelist")

        after = Collection(self.http(), self.gun)
        self.assertEqual(({"v1", "v2"}, before + 1), (after.names, after.version("targets")))
