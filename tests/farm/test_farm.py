#!/usr/bin/env python3
"""The farm, seen from outside: ffmpeg and ffprobe as foreign clients, and a small
RTSP client of its own that reads the proofs and the RTP headers.

usage: test_farm.py GRIDWALL_FARM
"""

import contextlib
import json
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

FARM = sys.argv.pop(1)
UUID = bytes.fromhex("f5d1c2a76e844b399d53a1e7b8c46d92")  # docs/testing.md
PATIENCE_S = 60  # only ever spent when something hangs


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)


class Farm:
    """A farm process on free ports."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [FARM, "--port", "0", "--control-port", "0", *options],
            stdout=subprocess.PIPE, text=True)
        self.port = self.number("listening on 127.0.0.1:")
        self.control_port = self.number("control on ")

    def number(self, prefix):
        line = self.process.stdout.readline()
        assert line.startswith(prefix), f"{line!r} instead of {prefix!r}"
        return int(line[len(prefix):])

    def url(self, camera, profile, user=""):
        return f"rtsp://{user}127.0.0.1:{self.port}/cam/{camera:05}/{profile}"

    def order(self, line):
        with socket.create_connection(("127.0.0.1", self.control_port), PATIENCE_S) as s:
            s.sendall(line.encode() + b"\n")
            return s.makefile().readline().strip()

    def stats(self):
        return json.loads(self.order("stats"))

    def close(self):
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(PATIENCE_S)


class Client:
    """Plays one stream and reads its interleaved packets."""

    def __init__(self, farm, camera, profile):
        self.socket = socket.create_connection(("127.0.0.1", farm.port), PATIENCE_S)
        self.file = self.socket.makefile("rb")
        self.url = farm.url(camera, profile)
        self.sdp = self.ask("DESCRIBE")[1]
        head, _ = self.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n", "/track1")
        self.session = re.search(r"Session: (\w+)", head)[1]
        self.ask("PLAY", f"Session: {self.session}\r\n")

    def ask(self, method, fields="", tail=""):
        self.socket.sendall(f"{method} {self.url}{tail} RTSP/1.0\r\nCSeq: 1\r\n{fields}\r\n".encode())
        head = ""
        while not head.endswith("\r\n\r\n"):
            line = self.file.readline().decode()
            assert line, "closed"
            head += line
        assert head.startswith("RTSP/1.0 200"), head
        length = re.search(r"Content-Length: (\d+)", head)
        return head, self.file.read(int(length[1])) if length else b""

    def packets(self):
        """RTP packets as (sequence, timestamp, ssrc, payload), until the end."""
        while len(head := self.file.read(4)) == 4:
            magic, channel, length = struct.unpack(">cBH", head)
            assert magic == b"$", head
            packet = self.file.read(length)
            if channel == 0:
                _, _, sequence, stamp, ssrc = struct.unpack(">BBHII", packet[:12])
                yield sequence, stamp, ssrc, packet[12:]

    def proofs(self, count):
        """The next proofs as (camera, profile, frame, sent)."""
        found = []
        for *_, payload in self.packets():
            if payload[:3] == b"\x06\x05\x3a" and payload[3:19] == UUID:
                text = payload[19:61].decode()
                found.append(tuple(int(text[a:b], 16) for a, b in ((0, 8), (8, 10), (10, 26), (26, 42))))
            if len(found) == count:
                break
        return found

    def close(self):
        self.file.close()
        self.socket.close()


class FarmTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Small files with B-frames and key frames a second apart: quick to make,
        # and harder than the farm's own clips.
        cls.dir = tempfile.TemporaryDirectory()
        cls.clip = str(pathlib.Path(cls.dir.name) / "clip.mkv")
        made = run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=4,noise=alls=40:allf=t",
                   "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", cls.clip)
        assert made.returncode == 0, made.stderr

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def farm(self, *options):
        farm = Farm("--cameras", "20", "--clip", self.clip, *options)
        self.addCleanup(lambda: self.assertEqual(farm.close(), 0))
        return farm

    def client(self, farm, camera=1, profile="sub"):
        client = Client(farm, camera, profile)
        self.addCleanup(client.close)
        return client

    def decodes(self, url, frames=50):
        done = run("ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", url,
                   "-frames:v", str(frames), "-f", "null", "-")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_ffmpeg_decodes_every_frame_without_complaint(self):
        farm = self.farm()
        self.decodes(farm.url(7, "main"))
        self.decodes(farm.url(20, "sub"))

    def test_ffmpeg_passes_digest_and_a_wrong_password_does_not(self):
        for more in ([], ["--auth-sha256"]):
            farm = self.farm("--auth", "me:se@cret", *more)
            if not more:  # ffmpeg 5 knows MD5 only
                self.decodes(farm.url(1, "sub", "me:se%40cret@"))
            refused = run("ffprobe", "-v", "error", "-rtsp_transport", "tcp", farm.url(1, "sub", "me:no@"))
            self.assertIn("401", refused.stderr)

    def test_ffprobe_is_told_what_is_missing(self):
        farm = self.farm()
        for url, transport, code in ((farm.url(21, "main"), "tcp", "404"), (farm.url(1, "main"), "udp", "461")):
            self.assertIn(code, run("ffprobe", "-v", "error", "-rtsp_transport", transport, url).stderr)

    def test_proofs_count_every_frame_of_the_right_camera(self):
        farm = self.farm()
        proofs = self.client(farm, 13, "main").proofs(120)  # over the clip's end
        self.assertEqual({p[:2] for p in proofs}, {(13, 0)})
        self.assertEqual([p[2] for p in proofs], list(range(proofs[0][2], proofs[0][2] + 120)))
        self.assertEqual(sorted(p[3] for p in proofs), [p[3] for p in proofs])

    def test_sessions_of_a_camera_share_its_frames_and_nothing_else(self):
        farm = self.farm()
        one, two = self.client(farm), self.client(farm)
        self.assertNotEqual(next(one.packets())[2], next(two.packets())[2])
        numbers = [{p[2]: p[3] for p in c.proofs(40)} for c in (one, two)]
        self.assertTrue(numbers[0].keys() & numbers[1].keys())

    def test_a_session_starts_with_parameter_sets_and_a_key_frame(self):
        types = []
        for *_, payload in self.client(self.farm()).packets():
            types.append(payload[0] & 31)
            if types[-1] in (1, 5, 28):
                break
        self.assertIn(24, types)  # STAP-A
        self.assertEqual(payload[1] & 31 if types[-1] == 28 else types[-1], 5)

    def test_dropped_packets_leave_gaps_in_the_numbers(self):
        farm = self.farm("--fault", "drop:0.3:1")
        numbers = [s for _, (s, *_) in zip(range(100), self.client(farm).packets())]
        self.assertGreater((numbers[-1] - numbers[0]) % 65536, 100)
        whole = [s for _, (s, *_) in zip(range(100), self.client(farm, 2).packets())]
        self.assertEqual((whole[-1] - whole[0]) % 65536, 99)

    def test_a_stalled_camera_goes_on_with_a_key_frame(self):
        farm = self.farm()
        client = self.client(farm)
        before = client.proofs(1)[0][2]
        self.assertEqual(farm.order("stall 1"), "ok")
        while farm.stats()["stalled"] < 10:
            pass
        self.assertEqual(farm.order("resume all"), "ok")
        last, types = before, []
        for *_, payload in client.packets():
            types.append(payload[0] & 31)
            if payload[3:19] == UUID:
                number = int(payload[29:45], 16)
                if number > last + 1:
                    break
                last = number
        self.assertEqual(types[-2], 24)  # parameter sets right before the proof

    def test_closed_and_refused_sessions_end(self):
        farm = self.farm()
        client = self.client(farm)
        self.assertEqual(farm.order("refuse 1"), "ok")
        self.assertEqual(farm.order("close 1"), "ok")
        with contextlib.suppress(ConnectionResetError):
            for _ in client.packets():
                pass
        with self.assertRaisesRegex(AssertionError, "503"):
            Client(farm, 1, "sub")
        self.assertEqual(farm.stats()["sessions"], 0)

    def test_garbage_lies_between_the_frames(self):
        farm = self.farm("--fault", "garbage:1")
        with self.assertRaises(AssertionError):
            self.client(farm).proofs(10)

    def test_a_client_that_does_not_read_loses_whole_frames(self):
        farm = self.farm()
        client = self.client(farm, 1, "main")
        client.proofs(1)
        while farm.stats()["dropped"] == 0:
            pass
        proofs = client.proofs(100)  # every packet still parses: nothing was cut
        numbers = [p[2] for p in proofs]
        self.assertEqual(numbers, sorted(numbers))

    def test_nonsense_is_answered_or_hung_up_on(self):
        farm = self.farm()
        self.assertTrue(farm.order("explode").startswith("error: "))
        with socket.create_connection(("127.0.0.1", farm.port), PATIENCE_S) as s:
            s.sendall(b"\x16\x03\x01\x02\x00\x01")
            self.assertEqual(s.recv(10), b"")

    def test_bad_command_lines_say_what_to_do(self):
        for options, words in ((["--cameras", "1"], "--port"), (["--port", "x", "--cameras", "1"], "--port cannot be"),
                               (["--port", "0", "--cameras", "1", "--clip", "/nowhere"], "/nowhere"),
                               (["--port", "0", "--cameras", "1", "--fault", "x"], "cannot do")):
            done = run(FARM, *options)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)

    def test_ends_cleanly_while_clients_watch(self):
        farm = Farm("--cameras", "2", "--clip", self.clip)
        clients = [self.client(farm) for _ in range(5)]
        for client in clients:
            client.proofs(1)
        self.assertEqual(farm.close(), 0)


class GeneratedClipsTest(unittest.TestCase):
    def test_made_once_and_kept_whole(self):
        with tempfile.TemporaryDirectory() as base:
            options = ["--cameras", "12", "--clips-dir", f"{base}/a/b", "--main-size", "160x96",
                       "--sub-size", "96x64", "--main-kbps", "200", "--sub-kbps", "100"]
            self.assertEqual(Farm(*options).close(), 0)
            files = sorted((p.name, p.stat().st_mtime_ns) for p in pathlib.Path(base, "a/b").iterdir())
            self.assertEqual(len(files), 12)
            self.assertTrue(all(name.endswith(".mp4") for name, _ in files))
            farm = Farm(*options)
            self.addCleanup(farm.close)
            again = sorted((p.name, p.stat().st_mtime_ns) for p in pathlib.Path(base, "a/b").iterdir())
            self.assertEqual(files, again)
            probe = run("ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_entries",
                        "stream=width,height,has_b_frames", "-of", "csv=p=0", farm.url(12, "main"))
            self.assertEqual((probe.stdout.strip(), probe.stderr), ("160,96,0", ""))


if __name__ == "__main__":
    unittest.main()
