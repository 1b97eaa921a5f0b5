#!/usr/bin/env python3
"""Sources that are not RTSP, from peers that are not ours: ffmpeg serves RTMP, FLV and
MPEG-TS over HTTP, SRT and UDP, Python serves playlists and files. What is decoded
behind the engine must be the source's own pictures; and what one source does, the others
must not feel.

usage: test_workers.py GRIDWALL GRIDWALL_SOURCE [TEST]
"""

import base64
import contextlib
import functools
import http.server
import os
import pathlib
import re
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

from peers import H265, OPUS, PATIENCE_S, Program, call, check_sound, make_clip, run, seen, watch

GRIDWALL, SOURCE = sys.argv[1:3]
PICTURES = 40
LOGIN, PASSWORD = "viewer", "pass/word:7"
LOGIN_IN_URL = "viewer:pass%2Fword%3A7"


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Web(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Files of a folder; /broken answers 503, /locked/ asks for a password, /silent says
    nothing."""
    daemon_threads = True

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/broken":
                self.send_error(503)
            elif self.path == "/silent":
                self.server.quiet.wait()
            elif self.path.startswith("/locked/"):
                self.locked()
            else:
                self.server.asked.append(self.path)
                super().do_GET()

        def locked(self):
            if "Authorization" not in self.headers:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="x"')
                self.end_headers()
            else:
                self.server.authorized.append(self.headers["Authorization"])
                self.path = self.path.removeprefix("/locked")
                super().do_GET()

        def log_message(self, *_):
            pass

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), functools.partial(self.Handler, directory=str(folder)))
        self.asked, self.authorized = [], []
        self.quiet = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.quiet.set()
        self.shutdown()
        self.server_close()


class Engine(Program):
    """With its log at hand."""

    def __init__(self, folder, *options):
        self.log = folder / "engine.log"
        with self.log.open("w", encoding="utf-8") as log:
            super().__init__(
                GRIDWALL, "serve", "--data", str(folder / "data"), "--listen", "127.0.0.1:0", "--no-auth",
                "--worker", SOURCE, "--shards", "2", "--linger", "0", "--backoff-min", "50", "--backoff-max", "200",
                *options, stderr=log)

    def workers(self):
        """Process numbers of those that run."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return {int(pid) for task in tasks for pid in task.read_text().split()}

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=PATIENCE_S) as answer:
            text = answer.read().decode()
        return sum(int(n) for n in re.findall(rf"^gridwall_{name}{{.*}} (\d+)$", text, re.M))


class WorkersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.dir = pathlib.Path(cls.stack.enter_context(tempfile.TemporaryDirectory()))
        cls.files = cls.dir / "files"
        cls.files.mkdir()
        cls.clip = make_clip(cls.files / "a clip.mp4", 4)
        run("ffmpeg", "-nostdin", "-v", "error", "-i", str(cls.clip), "-c", "copy", "-hls_time", "2",
            "-hls_list_size", "0", str(cls.files / "list.m3u8"))
        _, cls.pictures = seen(watch(cls.clip, 1000))
        cls.web = Web(cls.files)
        cls.stack.callback(cls.web.close)
        cls.engine = Engine(cls.dir, "--files-dir", str(cls.files), "--audio", "--stall", "2", "--connect-timeout", "2")
        cls.stack.callback(cls.engine.close)
        cls.cameras = 0

    def camera(self, url, **more):
        type(self).cameras += 1
        name = f"source-{self.cameras}"
        call(self.engine.port, "POST", "cameras", {"id": name, "streams": {"main": {"url": url}}, **more})
        self.addCleanup(call, self.engine.port, "DELETE", f"cameras/{name}")
        return name

    def feed(self, *output, clip=None, sound=False):
        """ffmpeg that serves the clip, over and over, in real time."""
        feed = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(clip or self.clip), "-map", "0:v",
             *(["-map", "0:a"] if sound else []), "-c", "copy", *output], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

        def end():
            feed.kill()
            feed.communicate()
        self.addCleanup(end)
        return feed

    def await_that(self, what, is_so):
        deadline = time.monotonic() + PATIENCE_S
        while not (result := is_so()):
            self.assertLess(time.monotonic(), deadline, f"{what}\n{self.engine.log.read_text()[-2000:]}")
            time.sleep(0.05)  # neither API nor /proc has events: they are asked again
        return result

    def frames(self, name):
        status = call(self.engine.port, "GET", f"cameras/{name}/status")
        return status["streams"]["main"]["frames"]

    def await_state(self, name, wanted, cause=None):
        def is_there():
            camera = call(self.engine.port, "GET", f"cameras/{name}")
            return camera["state"] == wanted and camera.get("cause") == cause
        self.await_that(f"{name} is not {wanted} {cause}", is_there)

    def watch(self, name, pictures=PICTURES, form="flv"):
        return watch(f"http://127.0.0.1:{self.engine.port}/live/{name}.{form}", pictures)

    def check_pictures(self, watcher, pictures=PICTURES):
        _, live = seen(watcher)
        self.assertEqual(len(live), pictures)
        first = self.pictures.index(live[0])
        endless = self.pictures * (2 + pictures // len(self.pictures))
        self.assertEqual(live, endless[first:first + pictures])

    # ---- every kind of source ----

    def test_rtmp(self):
        url = f"rtmp://127.0.0.1:{free_port()}/live/x"
        self.feed("-f", "flv", "-listen", "1", url)
        self.check_pictures(self.watch(self.camera(url)))

    def test_flv_and_mpegts_by_http(self):
        for form in ("flv", "mpegts"):
            with self.subTest(form):
                url = f"http://127.0.0.1:{free_port()}/x"
                self.feed("-f", form, "-listen", "1", url)
                self.check_pictures(self.watch(self.camera(url), form="mp4"))

    def test_mpegts_by_srt(self):
        port = free_port(socket.SOCK_DGRAM)
        self.feed("-f", "mpegts", f"srt://127.0.0.1:{port}?mode=listener&passphrase=0123456789")
        self.check_pictures(self.watch(self.camera(f"srt://:0123456789@127.0.0.1:{port}")))

    def test_mpegts_by_udp(self):
        port = free_port(socket.SOCK_DGRAM)
        self.feed("-f", "mpegts", f"udp://127.0.0.1:{port}?pkt_size=1316")
        self.check_pictures(self.watch(self.camera(f"udp://@127.0.0.1:{port}")))

    def test_a_playlist(self):
        crashed = self.engine.metric("workers_crashed_total")
        more = 2 * len(self.pictures)
        name = self.camera(f"http://127.0.0.1:{self.web.server_port}/list.m3u8", pull="always")
        self.assertEqual(len(seen(self.watch(name, more))[1]), more)  # it ended, and was opened again
        self.assertIn('cause=closed said="closed: End of file"', self.engine.log.read_text())
        self.assertEqual(self.engine.metric("workers_crashed_total"), crashed)

    def test_a_file_plays_over_and_over(self):
        more = 2 * len(self.pictures)
        self.check_pictures(self.watch(self.camera("file:///a%20clip.mp4"), more), more)

    def test_a_recording_comes_no_faster_than_a_live_source(self):
        port = free_port(socket.SOCK_DGRAM)
        self.feed("-f", "mpegts", f"udp://127.0.0.1:{port}?pkt_size=1316")
        cameras = [self.camera(url, pull="always") for url in (f"udp://@127.0.0.1:{port}", "file:///a%20clip.mp4")]
        for name in cameras:
            self.await_state(name, "live")
        before = [self.frames(name) for name in cameras]
        self.await_that("live pictures", lambda: self.frames(cameras[0]) >= before[0] + PICTURES)
        live, recorded = (self.frames(name) - n for name, n in zip(cameras, before))
        self.assertGreater(recorded, 0)
        self.assertLess(recorded, 3 * live)

    def test_a_live_playlist(self):
        self.feed("-f", "hls", "-hls_time", "1", "-hls_list_size", "4", "-hls_flags", "delete_segments+temp_file",
                  str(self.files / "live.m3u8"))
        self.await_that("listed", (self.files / "live.m3u8").exists)
        more = 3 * len(self.pictures)
        name = self.camera(f"http://127.0.0.1:{self.web.server_port}/live.m3u8")
        self.check_pictures(self.watch(name, more), more)

    def check_sound(self, url, clip, form="mp4"):
        check_sound(self, clip, f"http://127.0.0.1:{self.engine.port}/live/{self.camera(url)}.{form}?audio=1")

    # In an MP4 the decoder's configuration lies ahead, in MPEG-TS it is in each frame.
    def test_the_sound_of_files(self):
        clip = make_clip(self.files / "aac.mp4", 20)
        run("ffmpeg", "-nostdin", "-v", "error", "-i", str(clip), "-c", "copy", str(self.files / "aac.ts"))
        opus = make_clip(self.files / "opus.mkv", 20, sound=OPUS)
        for name, same in (("aac.mp4", clip), ("aac.ts", clip), ("opus.mkv", opus)):
            with self.subTest(name):
                self.check_sound(f"file:///{name}", same)

    def test_the_sound_of_flv_by_http(self):
        clip = make_clip(self.files / "live.mp4", 40)
        url = f"http://127.0.0.1:{free_port()}/x"
        self.feed("-f", "flv", "-listen", "1", url, clip=clip, sound=True)
        self.check_sound(url, clip, "flv")

    def test_h265_in_a_file_and_in_mpegts(self):
        file, stream = make_clip(self.files / "hevc.mp4", 4, H265), self.files / "hevc.ts"
        run("ffmpeg", "-nostdin", "-v", "error", "-i", str(file), "-c", "copy", str(stream))
        _, pictures = seen(watch(file, 1000))
        for path in (file, stream):
            with self.subTest(path.suffix):
                _, live = seen(self.watch(self.camera(f"file:///{path.name}"), form="mp4"))
                first = pictures.index(live[0])
                self.assertEqual(live, (pictures + pictures)[first:first + PICTURES])

    # ---- causes ----

    def test_every_failure_says_why(self):
        host = f"http://127.0.0.1:{self.web.server_port}"
        (self.files / "words.mp4").write_text("no video\n" * 1000)
        run("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", str(self.files / "sound.mp4"))
        run("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=duration=1", "-c:v", "mpeg4",
            str(self.files / "old.mp4"))
        for url, cause in (
                (f"http://127.0.0.1:{free_port()}/", "refused"),
                ("http://nobody.invalid/", "unresolved"),
                (f"{host}/nothing.flv", "not_found"),
                (f"{host}/broken", "rtsp_error"),
                (f"{host}/locked/list.m3u8", "wrong_password"),
                (f"{host}/silent", "timeout"),
                (f"{host}/words.mp4", "unreadable"),
                (f"{host}/sound.mp4", "no_video"),
                (f"{host}/old.mp4", "codec"),
                ("file:///nothing.mp4", "not_found")):
            with self.subTest(url):
                name = self.camera(url, pull="always")
                self.await_state(name, "offline", cause)

    def test_a_password_stays_inside(self):
        url = f"http://{LOGIN_IN_URL}@127.0.0.1:{self.web.server_port}/locked/list.m3u8"
        before = self.engine.workers()
        name = self.camera(url, pull="always")
        self.await_state(name, "live")
        (worker,) = self.engine.workers() - before
        shown = [str(call(self.engine.port, "GET", f"cameras/{name}")), self.engine.log.read_text()]
        for what in ("cmdline", "environ"):
            shown.append(pathlib.Path(f"/proc/{worker}/{what}").read_bytes().decode())
        self.camera(url.replace("list.m3u8", "nothing.flv"), pull="always")
        self.await_state(f"source-{self.cameras}", "offline", "not_found")
        shown.append(self.engine.log.read_text())
        for text in shown:
            for secret in (PASSWORD, LOGIN_IN_URL, "/word"):
                self.assertNotIn(secret, text)
        self.assertIn(base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode(),
                      {value.split()[1] for value in self.web.authorized})

    # ---- what a source may not reach ----

    def test_a_playlist_reaches_no_file(self):
        secret = self.dir / "secret.ts"
        run("ffmpeg", "-nostdin", "-v", "error", "-i", str(self.clip), "-map", "0:v", "-c", "copy", str(secret))
        for target in (f"file://{secret}", str(secret), f"concat:{secret}", f"subfile,,start,0,end,0,,:{secret}"):
            with self.subTest(target):
                (self.files / "evil.m3u8").write_text(
                    f"#EXTM3U\n#EXT-X-TARGETDURATION:8\n#EXTINF:8,\n{target}\n#EXT-X-ENDLIST\n")
                name = self.camera(f"http://127.0.0.1:{self.web.server_port}/evil.m3u8", pull="always")
                self.await_that("refused", lambda n=name: call(
                    self.engine.port, "GET", f"cameras/{n}")["state"] == "offline")
                self.assertIn(call(self.engine.port, "GET", f"cameras/{name}")["cause"],
                              ("no_video", "unreadable", "not_found"))
        self.assertNotRegex(self.engine.log.read_text(), "(http|file)://[^' ]")  # addresses stay inside

    def test_a_file_lies_below_its_directory(self):
        outside = make_clip(self.dir / "outside.mp4", 1)
        (self.files / "link.mp4").symlink_to(outside)
        (self.files / "inside.mp4").symlink_to("a clip.mp4")
        self.await_state(self.camera("file:///link.mp4", pull="always"), "offline", "file_outside")
        self.await_state(self.camera("file:///inside.mp4", pull="always"), "live")

    # ---- what one does, the others do not feel ----

    def test_crash_and_hang_of_one_are_its_own(self):
        steady = self.camera("file:///a%20clip.mp4", pull="always")
        self.await_state(steady, "live")
        quiet = self.engine.workers()
        victim = self.camera("file:///a%20clip.mp4", pull="always")
        self.await_state(victim, "live")
        (worker,) = self.engine.workers() - quiet
        more = 3 * len(self.pictures)
        watcher = self.watch(steady, more)

        crashed, hung = (self.engine.metric(f"workers_{what}_total") for what in ("crashed", "hung"))
        os.kill(worker, signal.SIGSEGV)
        self.await_that("counted", lambda: self.engine.metric("workers_crashed_total") == crashed + 1)
        self.await_state(victim, "live")
        self.assertRegex(self.engine.log.read_text(), r'worker_ended .*cause=worker_crashed said="signal \d+')  # 11; a sanitizer makes 6 of it

        (worker,) = self.engine.workers() - quiet
        os.kill(worker, signal.SIGSTOP)
        self.await_that("counted", lambda: self.engine.metric("workers_hung_total") == hung + 1)
        self.await_that("killed", lambda: worker not in self.engine.workers())
        self.await_state(victim, "live")
        self.check_pictures(watcher, more)
        self.assertEqual(self.engine.metric("workers_crashed_total"), crashed + 1)


class OtherSettingsTest(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.dir = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))

    def cause_of(self, engine, name, url):
        call(engine.port, "POST", "cameras", {"id": name, "pull": "always", "streams": {"main": {"url": url}}})
        deadline = time.monotonic() + PATIENCE_S
        while (camera := call(engine.port, "GET", f"cameras/{name}"))["state"] not in ("offline", "live"):
            self.assertLess(time.monotonic(), deadline, camera)
            time.sleep(0.05)
        return camera.get("cause")

    def serve(self, *options):
        engine = Engine(self.dir, *options)
        self.stack.callback(engine.close)
        return engine

    def test_files_are_off_by_default(self):
        self.assertEqual(self.cause_of(self.serve(), "x", "file:///a.mp4"), "file_outside")

    def test_without_the_program_the_source_says_so(self):
        engine = self.serve("--worker", str(self.dir / "nothing"))
        self.assertEqual(self.cause_of(engine, "x", "http://127.0.0.1:1/"), "worker_crashed")
        self.assertGreater(engine.metric("workers_refused_total"), 0)

    def test_there_are_no_more_workers_than_set(self):
        make_clip(self.dir / "clip.mp4", 4)
        engine = self.serve("--files-dir", str(self.dir), "--workers-max", "1")
        self.assertIsNone(self.cause_of(engine, "first", "file:///clip.mp4"))
        self.assertEqual(self.cause_of(engine, "second", "file:///clip.mp4"), "limit")

    def test_no_worker_outlives_the_engine(self):
        make_clip(self.dir / "clip.mp4", 4)
        engine = Engine(self.dir, "--files-dir", str(self.dir))
        self.assertIsNone(self.cause_of(engine, "first", "file:///clip.mp4"))
        (worker,) = engine.workers()
        engine.process.kill()
        engine.process.communicate()
        deadline = time.monotonic() + PATIENCE_S
        while pathlib.Path(f"/proc/{worker}").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
