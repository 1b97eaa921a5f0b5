#!/usr/bin/env python3
"""The engine between two implementations that are not ours: gst-rtsp-server shows
files, ffmpeg and ffprobe watch. What they decode must be the files' own pictures.

usage: test_foreign.py GRIDWALL FOREIGN_SERVER [FOOTAGE_DIR]
"""

import contextlib
import fractions
import itertools
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

from peers import (
    G711, H265, MJPEG, OPUS, PATIENCE_S, Program, Wall, call, check_sound, make_clip, run, seen, watch)

GRIDWALL, SERVER, *FOOTAGE = sys.argv[1:]
PICTURES = 60  # 5 s and more of each file
LOGIN = "operator:secret 7"
# The SPS of some cameras does not tell how far pictures are reordered, and the engine
# learns it from the first ones. ffmpeg moves all that follows them in an MP4.
LEARNING = 16
MILLISECOND = fractions.Fraction(1, 1000)  # FLV's unit of time


class ForeignTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.dir = pathlib.Path(cls.stack.enter_context(tempfile.TemporaryDirectory()))
        cls.hard = make_clip(cls.dir / "hard.mp4", 8)
        cls.short = make_clip(cls.dir / "short.mp4", 2)
        cls.h265 = make_clip(cls.dir / "h265.mp4", 8, H265)
        cls.mjpeg = make_clip(cls.dir / "mjpeg.mov", 8, MJPEG)
        cls.g711 = make_clip(cls.dir / "g711.mov", 8, sound=G711)
        # No Matroska: its sound begins 7 ms before 0, and gst-rtsp-server then sends the first
        # pictures 7 ms nearer to the others than they lie in the file.
        cls.opus = make_clip(cls.dir / "opus.mp4", 8, sound=OPUS)
        cls.files = [cls.hard, cls.short, cls.h265, cls.mjpeg, cls.g711, cls.opus]
        for folder in map(pathlib.Path, FOOTAGE):
            cls.files += sorted(folder.glob("*.mp4"))  # none where the folder is missing
        cls.open = cls.serve(SERVER, *map(str, cls.files))
        cls.latm = cls.serve(SERVER, "--aac", "latm", str(cls.hard))
        cls.locked = cls.serve(SERVER, "--digest", LOGIN, str(cls.hard))
        cls.believed = cls.serve(SERVER, "--tls", str(cls.certificate("believed", "IP:127.0.0.1")), str(cls.hard))
        cls.unknown = cls.serve(SERVER, "--tls", str(cls.certificate("unknown", "IP:127.0.0.1")), str(cls.hard))
        cls.engine = cls.serve(
            GRIDWALL, "serve", "--data", str(cls.dir / "data"), "--listen", "127.0.0.1:0", "--no-auth", "--audio",
            "--ca-file", str(cls.dir / "believed.pem"),
            "--stall", "2", "--backoff-min", "50", "--backoff-max", "200")
        cls.cameras = 0

    @classmethod
    def certificate(cls, name, names):
        """A self-signed one and its key, in one file."""
        both = cls.dir / f"{name}.pem"
        key, certificate = cls.dir / f"{name}.key", cls.dir / f"{name}.crt"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", "-days", "2",
            "-keyout", str(key), "-out", str(certificate))
        both.write_text(key.read_text() + certificate.read_text())
        return both

    @classmethod
    def serve(cls, *command):
        program = Program(*command)
        cls.stack.callback(program.close)
        return program

    @classmethod
    def camera(cls, server, path, login="", scheme="rtsp"):
        """Registers it and returns where its pictures are."""
        cls.cameras += 1
        name = f"3708120000131{cls.cameras:07}"
        call(cls.engine.port, "POST", "cameras", {
            "id": name, "name": path, "lon": 116.8, "lat": 35.5,
            "streams": {"main": {"url": f"{scheme}://{login}127.0.0.1:{server.port}{path}"}}})
        return f"http://127.0.0.1:{cls.engine.port}/live/{name}"

    def check_pictures(self, url, path, forms=("flv", "mp4")):
        watchers = {form: watch(f"{url}.{form}", PICTURES) for form in forms}
        times, pictures = seen(watch(path, 10 * PICTURES))
        for form, watcher in watchers.items():
            live_times, live = seen(watcher)
            self.assertEqual(len(live), PICTURES)
            self.assertIn(live[0], pictures)
            first = pictures.index(live[0])
            self.assertEqual(live, pictures[first:first + PICTURES])
            start = LEARNING if form == "mp4" and path != self.hard else 0
            for t, expected in zip(live_times[start:], times[first + start:]):
                off = (t - live_times[start]) - (expected - times[first + start])
                self.assertLessEqual(abs(off), MILLISECOND, form)

    def test_every_picture_of_every_file(self):
        for number, path in enumerate(self.files):
            if path not in (self.short, self.h265, self.mjpeg):
                with self.subTest(path.name):
                    self.check_pictures(self.camera(self.open, f"/{number}"), path)

    def camera_of(self, path):
        return self.camera(self.open, f"/{self.files.index(path)}")

    # Debian 12's ffmpeg does not know H.265 in FLV: tests/browser/test_flv_h265.mjs has another reader.
    def test_every_picture_of_h265(self):
        self.check_pictures(self.camera_of(self.h265), self.h265, ("mp4",))

    def test_every_picture_of_mjpeg(self):
        url = self.camera_of(self.mjpeg)
        with contextlib.closing(Wall(self.engine.port)) as wall:
            wall.send({"type": "open", "ref": 1, "camera": url.rsplit("/", 1)[1], "profile": "main", "form": "avcc"})
            files = list(itertools.islice(wall.frames(codec=3), PICTURES))
        stream = self.dir / "seen.mjpeg"
        stream.write_bytes(b"".join(files))
        _, live = seen(watch(stream, PICTURES))
        _, pictures = seen(watch(self.mjpeg, 10 * PICTURES))
        first = pictures.index(live[0])
        self.assertEqual(live, pictures[first:first + PICTURES])

    def test_mjpeg_is_refused_with_a_word_where_it_has_no_place(self):
        url = self.camera_of(self.mjpeg)
        with contextlib.closing(Wall(self.engine.port)) as wall:
            wall.send({"type": "open", "ref": 1, "camera": url.rsplit("/", 1)[1], "profile": "main", "form": "mp4"})
            error = next(m for m in wall.messages() if isinstance(m, dict) and m["type"] == "error")
            self.assertEqual((error["ref"], error["code"]), (1, "cannot_carry"))
            self.assertIn("MJPEG", error["zh"])
            # A picture is cached now.
            for form in ("flv", "mp4"):
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(f"{url}.{form}", timeout=30)
                self.assertEqual(refused.exception.code, 415)
                self.assertEqual(json.load(refused.exception)["code"], "cannot_carry")

    def test_the_sound_of_g711_is_the_files_own(self):
        def sound(source, *more):
            return subprocess.run(
                ["ffmpeg", "-nostdin", "-v", "error", "-i", source, "-map", "0:a", "-c", "copy", *more, "-f", "alaw", "-"],
                capture_output=True, timeout=PATIENCE_S, check=True).stdout

        url = self.camera_of(self.g711)
        # MP4 has no place for it: pictures alone.
        streams = run("ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0",
                      f"{url}.mp4?audio=1")
        self.assertEqual(streams.stdout.split(), ["video"])
        live = sound(f"{url}.flv?audio=1", "-t", "4")
        self.assertGreater(len(live), 3 * 8000)
        self.assertTrue(live in sound(str(self.g711)))  # in one piece; no dump of bytes
        # Who does not ask gets pictures alone.
        streams = run("ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", f"{url}.flv")
        self.assertEqual(streams.stdout.split(), ["video"])

    def test_the_sound_of_aac_is_the_files_own(self):
        for form in ("flv", "mp4"):
            check_sound(self, self.hard, f"{self.camera_of(self.hard)}.{form}?audio=1")

    def test_the_sound_of_aac_as_latm_is_the_files_own(self):
        with socket.create_connection(("127.0.0.1", self.latm.port), timeout=PATIENCE_S) as s:
            s.sendall(f"DESCRIBE rtsp://127.0.0.1:{self.latm.port}/0 RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
            description = b""
            while b"m=audio" not in description or b"cpresent" not in description:
                part = s.recv(4096)
                self.assertTrue(part, description)
                description += part
        self.assertIn(b"MP4A-LATM", description)
        for form in ("flv", "mp4"):
            check_sound(self, self.hard, f"{self.camera(self.latm, '/0')}.{form}?audio=1")

    def test_the_sound_of_opus_is_the_files_own(self):
        check_sound(self, self.opus, f"{self.camera_of(self.opus)}.mp4?audio=1")

    def test_every_picture_by_udp(self):
        self.check_pictures(self.camera(self.open, "/0#transport=udp"), self.hard)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.engine.port}/metrics", timeout=PATIENCE_S) as answer:
            rows = dict(l.rsplit(" ", 1) for l in answer.read().decode().splitlines() if not l.startswith("#"))
        # Over TCP a report goes with the keep-alive, half a minute later: this was UDP.
        sent = [float(n) for name, n in rows.items() if name.startswith("gridwall_camera_reports_total")]
        self.assertGreater(sum(sent), 0)

    def test_every_picture_over_tls(self):
        self.check_pictures(self.camera(self.believed, "/0", scheme="rtsps"), self.hard)
        self.check_pictures(self.camera(self.unknown, "/0#tls=any", scheme="rtsps"), self.hard)

    def test_a_certificate_that_nobody_vouches_for_is_refused_with_a_word(self):
        url = self.camera(self.unknown, "/0", scheme="rtsps")
        with contextlib.closing(Wall(self.engine.port)) as wall:
            wall.send({"type": "open", "ref": 1, "camera": url.rsplit("/", 1)[1], "profile": "main", "form": "avcc"})
            self.assertTrue(any("tls_untrusted" in json.dumps(m) for m in wall.messages() if isinstance(m, dict)))

    def probe(self, server, *options):
        """What `gridwall probe` says of a camera with TLS."""
        done = subprocess.run([GRIDWALL, "probe", "--json", "--seconds", "1", *options, f"rtsps://127.0.0.1:{server.port}/0"],
                              capture_output=True, timeout=PATIENCE_S, check=False)
        return json.loads(done.stdout)

    def test_a_probe_believes_whom_it_is_told_to(self):
        authority = ("--ca-file", str(self.dir / "believed.pem"))
        trusted = self.probe(self.believed, *authority)
        self.assertEqual((trusted["verdict"], trusted["tls"]), ("pictures", True))
        self.assertEqual(self.probe(self.believed)["cause"], "tls_untrusted")
        self.assertEqual(self.probe(self.unknown, *authority)["cause"], "tls_untrusted")
        self.assertEqual(self.probe(self.unknown, "--any-certificate")["verdict"], "pictures")

    def test_digest_of_another_server(self):
        self.check_pictures(self.camera(self.locked, "/0", "operator:secret%207@"), self.hard)

    def test_a_file_that_ends_begins_again(self):
        _, once = seen(watch(self.short, PICTURES))
        url = self.camera(self.open, f"/{self.files.index(self.short)}")
        _, pictures = seen(watch(f"{url}.flv", 2 * len(once)))
        self.assertEqual(pictures, once + once)

    def test_ffprobe_reads_both_forms(self):
        for form, name in (("flv", "flv"), ("mp4", "mov,mp4,m4a,3gp,3g2,mj2")):
            with self.subTest(form):
                url = self.camera(self.open, "/0")
                found = json.loads(run(
                    "ffprobe", "-v", "error", "-read_intervals", "%+#40", "-show_format", "-show_streams",
                    "-show_packets", "-of", "json", f"{url}.{form}").stdout)
                self.assertEqual(found["format"]["format_name"], name)
                (stream,) = found["streams"]
                self.assertEqual((stream["codec_name"], stream["width"], stream["height"]), ("h264", 320, 240))
                packets = found["packets"]
                self.assertEqual(len(packets), 40)
                self.assertIn("K", packets[0]["flags"])
                dts = [int(p["dts"]) for p in packets]
                self.assertTrue(all(a < b for a, b in zip(dts, dts[1:])), dts)
                self.assertTrue(all(int(p["pts"]) >= int(p["dts"]) for p in packets))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
