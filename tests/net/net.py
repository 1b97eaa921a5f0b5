"""The engine in one network, a camera in another, a wire between them; a viewer that
knows every picture of the camera's and judges what comes.

The camera is gst-rtsp-server, which plays a clip from its beginning to each client."""

import contextlib
import ctypes
import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

from peers import Program, Wall, call, run

ENGINE, SERVER, WIRE, STEP_CLOCK = (
    os.environ[f"GW_{name}"] for name in ("ENGINE", "SERVER", "WIRE", "STEP_CLOCK"))
HERE, CAMERA = "10.77.0.1", "10.77.0.2"
PORT = 8554
PATIENCE_S = 60  # only ever spent when something hangs
CLONE_NEWNET = 0x40000000
ID = "37081200001310000001"
MILLION = 1000000
PICTURES_A_SECOND = 25
SOON = ("--stall", "1", "--connect-timeout", "1")  # options for an engine that need not be patient


def make_clip(path, seconds):
    """No two pictures alike, several packets each, of four slices; a key picture a second."""
    run("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi",
        "-i", f"testsrc2=size=640x360:rate={PICTURES_A_SECOND}:duration={seconds}",
        "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(PICTURES_A_SECOND),
        "-x264-params", "slices=4:keyint=25:scenecut=0", "-qp", "22", "-pix_fmt", "yuv420p", str(path))
    return path


def digest(units):
    """Of the slices alone: parameter sets come and go on the way."""
    slices = [unit for unit in units if unit[0] & 31 in (1, 5)]
    return hashlib.sha256(b"".join(slices)).digest()


def pictures_of(path):
    """The number of each picture by its digest."""
    stream = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-c", "copy", "-bsf:v", "h264_mp4toannexb",
         "-f", "h264", "-"], capture_output=True, timeout=PATIENCE_S, check=True).stdout
    pictures = []
    for unit in re.split(b"\0\0\0?\1", stream)[1:]:
        if unit[0] & 31 not in (1, 5):
            continue
        if unit[1] & 0x80:  # first_mb_in_slice is 0: a new picture
            pictures.append([])
        pictures[-1].append(unit)
    numbers = {digest(picture): n for n, picture in enumerate(pictures)}
    assert len(numbers) == len(pictures)
    return numbers


def await_that(what, condition):
    """For what tells nobody when it happens."""
    deadline = time.monotonic() + PATIENCE_S
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)
    return answer


class Wire:
    """See wire.c."""

    def __init__(self, seed):
        self.process = subprocess.Popen([WIRE, str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.near, self.far = self.path("near"), self.path("far")

    def line(self):
        line = self.process.stdout.readline().rstrip("\n")
        assert line and not line.startswith("error"), f"the wire says {line!r}"
        return line

    def path(self, end):
        name, path = self.line().split(" ", 1)
        assert name == end, name
        return path

    def ask(self, order):
        print(order, file=self.process.stdin, flush=True)
        return self.line()

    def order(self, *orders):
        for order in orders:
            assert self.ask(order) == "ok", order

    def stats(self):
        return json.loads(self.ask("stats"))

    def renew(self):
        self.far = self.ask("renew").removeprefix("far ")

    def enter(self):
        """This thread, and what it starts, is in the engine's network from now on."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open(self.near, "rb") as space:
            assert libc.setns(space.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(PATIENCE_S) == 0


class Clock:
    """The time of day of programs that are started with `environment`."""

    def __init__(self, path):
        self.path, self.seconds = path, 0
        path.write_bytes(bytes(8))
        self.environment = {**os.environ, "LD_PRELOAD": STEP_CLOCK, "GW_CLOCK": str(path)}
        # The sanitizer does not like to come second.
        self.environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"

    def step(self, seconds):
        """To so many seconds off the machine's."""
        self.seconds = seconds
        with self.path.open("r+b") as file:
            file.write(struct.pack("=q", seconds * 1000 ** 3))


class Picture:
    HEAD = struct.Struct(">BBBBB3xIIQII")  # docs/wire.md

    def __init__(self, message, numbers):
        head, self.kind, flags, _, _, _, self.seq, self.arrived_unix_us, self.pts_90k, size = \
            self.HEAD.unpack_from(message)
        self.key, self.gap = bool(flags & 1), bool(flags & 2)
        self.end = head + size
        if self.kind == 2:
            self.number = numbers.get(digest(self.units(message[head:self.end])))  # None: not the camera's

    @staticmethod
    def units(data):
        while data:
            (size,) = struct.unpack_from(">I", data)
            yield data[4:4 + size]
            data = data[4 + size:]

    def __repr__(self):
        return f"<{self.number} seq {self.seq}{' key' * self.key}{' gap' * self.gap}>"


class Viewer:
    """Watches the camera from a thread of its own, so that the engine never waits."""

    def __init__(self, port, numbers):
        self.numbers = numbers
        self.pictures, self.states, self.dropped = [], [], 0
        self.news = threading.Condition()
        self.failure = None
        self.wall = Wall(port)
        self.wall.send({"type": "open", "ref": 1, "camera": ID, "profile": "main", "form": "avcc"})
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        try:
            for message in self.wall.messages():
                with self.news:
                    self.take(message)
                    self.news.notify_all()
        except (OSError, ValueError, struct.error) as error:  # the socket is closed
            with self.news:
                self.failure = error
                self.news.notify_all()

    def take(self, message):
        if isinstance(message, dict):
            self.dropped += message.get("frames", 0) if message["type"] == "dropped" else 0
            if "state" in message:
                self.states.append(message["state"])
            return
        while message:
            picture = Picture(message, self.numbers)
            if picture.kind == 2:
                self.pictures.append(picture)
            message = message[picture.end:]

    def until(self, what, condition):
        with self.news:
            done = self.news.wait_for(lambda: condition() or self.failure, PATIENCE_S)
            assert done and not self.failure, f"{self.failure or 'never'}: {what}; {self.states[-3:]}, {self.pictures[-3:]}"

    def until_more(self, count):
        have = len(self.pictures)
        self.until(f"{count} more pictures", lambda: len(self.pictures) >= have + count)

    def until_state(self, name, *causes, since=0):
        """A state that was entered since so many states were known, with one of the causes.
        Returns how many are now."""
        def is_it(state):
            return state["name"] == name and state.get("cause") in (causes or (None,))
        self.until(f"{name} {causes}", lambda: any(map(is_it, self.states[since:])))
        return len(self.states)

    def close(self):
        with contextlib.suppress(OSError):
            self.wall.socket.shutdown(2)
        self.thread.join(PATIENCE_S)
        self.wall.close()


class NetTest(unittest.TestCase):
    """Each test has networks, a wire and an engine of its own; seeds are its name's."""

    @classmethod
    def setUpClass(cls):
        cls.class_stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.class_stack.close)
        cls.clip = make_clip(cls.folder(cls.class_stack) / "clip.mp4", 60)
        cls.numbers = pictures_of(cls.clip)

    @staticmethod
    def folder(stack):
        return pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.dir = self.folder(self.stack)
        self.wire = self.keep(Wire(int.from_bytes(hashlib.sha256(self.id().encode()).digest()[:4])))
        self.wire.enter()
        self.engine_clock = Clock(self.dir / "engine.clock")
        self.camera_clock = Clock(self.dir / "camera.clock")
        self.camera = None

    def keep(self, thing):
        self.stack.callback(thing.close)
        return thing

    def start_engine(self, *options, before=()):
        log = self.stack.enter_context((self.dir / "engine.log").open("w"))
        self.engine = self.keep(Program(
            *before, ENGINE, "serve", "--data", str(self.dir / "data"), "--listen", "127.0.0.1:0", "--no-auth",
            "--shards", "1", "--linger", "0", "--backoff-min", "50", "--backoff-max", "200", "--backoff-wall-max", "200",
            *options, stderr=log, env=self.engine_clock.environment))

    def start_camera(self):
        self.camera = self.keep(Program(
            "nsenter", f"--net={self.wire.far}", SERVER, "--listen", f"0.0.0.0:{PORT}", str(self.clip),
            env=self.camera_clock.environment))

    def register(self, transport, host=CAMERA):
        call(self.engine.port, "POST", "cameras", {
            "id": ID, "name": "camera", "lon": 116.8, "lat": 35.5,
            "streams": {"main": {"url": f"rtsp://{host}:{PORT}/0#transport={transport}"}}})

    def start(self, transport, *options):
        """All of it, up to a stream that plays."""
        self.start_camera()
        self.start_engine(*options)
        self.register(transport)
        self.viewer = self.watch()
        self.viewer.until_more(10)

    def watch(self):
        return self.keep(Viewer(self.engine.port, self.numbers))

    def status(self):
        return call(self.engine.port, "GET", f"cameras/{ID}/status")["streams"]["main"]

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.engine.port}/metrics", timeout=PATIENCE_S) as answer:
            text = answer.read().decode()
        return sum(int(n) for n in re.findall(rf"^gridwall_{name}{{.*}} (\d+)$", text, re.M))

    def await_new_session(self, have, number=20):
        """More pictures than there were, each in its place: see missing()."""
        self.viewer.until("pictures again", lambda: len(self.viewer.pictures) >= have + number)
        self.missing()

    def missing(self):
        """Pictures that did not come, between those that did. Of those that came each must
        be one of the camera's, bit for bit, in order; and where some are missing it must
        show: in `seq`, and in the flag."""
        pictures = list(self.viewer.pictures)
        self.assertEqual([p for p in pictures if p.number is None], [], "not the camera's")
        missing = 0
        for before, p in zip(pictures, pictures[1:]):
            where = f"{before} {p}"
            skipped = (p.seq - before.seq - 1) % 2 ** 32
            self.assertEqual(p.gap, skipped > 0, where)
            if p.number < before.number:  # another session: from its beginning
                self.assertEqual((p.number, p.key), (0, True), where)
                self.assertGreater(skipped, 0, where)
                continue
            self.assertLessEqual(before.number + 1, p.number, where)
            self.assertEqual(p.number - before.number > 1, skipped > 0, where)
            missing += p.number - before.number - 1
        return missing
