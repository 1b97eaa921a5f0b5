#!/usr/bin/env python3
"""ffmpeg pushes to the engine as body cameras and gateways do, and ffmpeg watches:
what is decoded must be the pushed file's own pictures.

usage: test_push.py GRIDWALL
"""

import contextlib
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from peers import OPUS, PATIENCE_S, Program, call, check_sound, make_clip, seen, watch

(GRIDWALL,) = sys.argv[1:]
PICTURES = 40
KEY = "a key/of:its#own"
KEY_IN_URL = "a%20key%2Fof%3Aits%23own"


class PushTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.dir = pathlib.Path(cls.stack.enter_context(tempfile.TemporaryDirectory()))
        cls.clip = make_clip(cls.dir / "clip.mp4", 8)
        cls.long = {"aac": make_clip(cls.dir / "aac.mp4", 40), "opus": make_clip(cls.dir / "opus.mkv", 40, sound=OPUS)}
        cls.engine = Program(
            GRIDWALL, "serve", "--data", str(cls.dir / "data"), "--listen", "127.0.0.1:0",
            "--push-listen", "127.0.0.1:0", "--no-auth", "--audio", "--stall", "2", "--shards", "2")
        cls.stack.callback(cls.engine.close)
        line = cls.engine.process.stdout.readline()
        cls.push_port = int(line.split("127.0.0.1:")[1].split("/")[0])
        for n in (1, 2, 3):  # they belong to both shards
            call(cls.engine.port, "POST", "cameras", {
                "id": f"body-{n}", "streams": {"main": {"url": f"push://:{KEY_IN_URL}@"}}})

    def push(self, camera, key=KEY_IN_URL, clip=None):
        """ffmpeg that sends the clip in an endless loop."""
        sender = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(clip or self.clip), "-c", "copy",
             "-f", "rtsp", "-rtsp_transport", "tcp", f"rtsp://unit:{key}@127.0.0.1:{self.push_port}/push/{camera}"],
            stderr=subprocess.PIPE, text=True)

        def end():
            sender.kill()
            sender.communicate()
        self.addCleanup(end)
        return sender

    def camera(self, name):
        return call(self.engine.port, "GET", f"cameras/{name}")

    def metric(self, name):
        """Its sum over the shards."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.engine.port}/metrics", timeout=PATIENCE_S) as answer:
            lines = answer.read().decode().splitlines()
        return sum(int(l.rsplit(" ", 1)[1]) for l in lines if l.startswith(name + "{"))

    def await_state(self, name, wanted, cause=None):
        deadline = time.monotonic() + PATIENCE_S
        while (camera := self.camera(name))["state"] != wanted or camera.get("cause") != cause:
            self.assertLess(time.monotonic(), deadline, camera)
            time.sleep(0.05)  # the API has no events: it is asked again
        return camera

    def await_metric(self, name, wanted):
        deadline = time.monotonic() + PATIENCE_S
        while (value := self.metric(name)) < wanted:
            self.assertLess(time.monotonic(), deadline, f"{name} {value}")
            time.sleep(0.05)  # metrics have no events either
        self.assertEqual(value, wanted)

    def check_pictures(self, camera):
        _, pictures = seen(watch(self.clip, 10 * PICTURES))
        _, live = seen(watch(f"http://127.0.0.1:{self.engine.port}/live/{camera}.flv", PICTURES))
        self.assertEqual(len(live), PICTURES)
        first = pictures.index(live[0])
        self.assertEqual(live, (pictures + pictures)[first:first + PICTURES])

    def test_every_picture_that_is_pushed_can_be_watched(self):
        for camera in ("body-1", "body-2"):
            with self.subTest(camera):
                self.push(camera)
                self.await_state(camera, "live")
                frames = self.metric("gridwall_push_frames_total")
                self.check_pictures(camera)
                self.assertGreaterEqual(self.metric("gridwall_push_frames_total") - frames, PICTURES - 25)
                self.assertEqual(self.metric("gridwall_push_packets_lost_total"), 0)

    def test_the_sound_that_is_pushed_is_the_files_own(self):
        for codec, form in (("aac", "flv"), ("aac", "mp4"), ("opus", "mp4")):
            with self.subTest(codec=codec, form=form):
                sender = self.push("body-1", clip=self.long[codec])
                self.await_state("body-1", "live")
                check_sound(self, self.long[codec], f"http://127.0.0.1:{self.engine.port}/live/body-1.{form}?audio=1")
                sender.kill()
                self.await_state("body-1", "offline", "not_pushed")
        self.assertGreater(self.metric("gridwall_push_audio_frames_total"), 0)
        self.assertGreater(self.metric("gridwall_push_audio_bytes_total"), 0)
        self.assertEqual(self.metric("gridwall_push_audio_packets_lost_total"), 0)

    def test_a_viewer_may_be_there_first(self):
        viewer = watch(f"http://127.0.0.1:{self.engine.port}/live/body-3.mp4", PICTURES)
        self.await_state("body-3", "offline", "not_pushed")
        self.push("body-3")
        self.assertEqual(len(seen(viewer)[1]), PICTURES)

    def test_a_wrong_key_is_refused_and_an_unknown_source_likewise(self):
        for camera, key in (("body-1", "another-key-12"), ("nobody", KEY_IN_URL), ("body-1", "")):
            refused = self.metric("gridwall_push_refused_total")
            sender = self.push(camera, key)
            self.assertIn("401 Unauthorized", sender.communicate(timeout=PATIENCE_S)[1])
            self.await_metric("gridwall_push_refused_total", refused + 1)

    def test_a_source_that_goes_is_missed_and_may_come_back(self):
        sender = self.push("body-3")
        self.await_state("body-3", "live")
        sender.terminate()
        sender.wait(PATIENCE_S)
        self.await_state("body-3", "offline", "not_pushed")
        sender = self.push("body-3")
        self.await_state("body-3", "live")
        sender.send_signal(19)  # SIGSTOP: it holds the line and is silent
        self.await_state("body-3", "offline", "stalled")
        self.push("body-3")  # and a new device takes its place
        self.await_state("body-3", "live")

    def test_a_new_key_shuts_the_old_one_out(self):
        call(self.engine.port, "POST", "cameras", {
            "id": "stolen", "streams": {"main": {"url": f"push://:{KEY_IN_URL}@"}}})
        sender = self.push("stolen")
        self.await_state("stolen", "live")
        self.assertNotIn(KEY_IN_URL, str(self.camera("stolen")))
        call(self.engine.port, "PATCH", "cameras/stolen", {
            "streams": {"main": {"url": "push://:a-new-key-of-12@"}}})
        self.assertNotEqual(sender.wait(PATIENCE_S), 0)
        self.await_state("stolen", "offline", "not_pushed")
        self.push("stolen", "a-new-key-of-12")
        self.await_state("stolen", "live")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
