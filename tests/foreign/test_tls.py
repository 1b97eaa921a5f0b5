#!/usr/bin/env python3
"""The engine over TLS, seen by programs that are not ours: Python's ssl, openssl s_client,
ffmpeg and ffprobe. The pictures are the simulated cameras' own.

usage: test_tls.py GRIDWALL FARM CLIPS
"""

import concurrent.futures
import contextlib
import itertools
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from peers import PATIENCE_S, Program, Wall, run

GRIDWALL, FARM, CLIPS = sys.argv[1:]
UUID = bytes.fromhex("f5d1c2a76e844b399d53a1e7b8c46d92")  # docs/testing.md
CAMERAS = 3  # the third main clip is the heavy one
MEGABYTE = 1024 * 1024
CROWD = 1000


def camera(number):
    return f"3708120000131{number:07}"


def proofs(data):
    """Camera and frame number of each picture in `data`."""
    at = -1
    while (at := data.find(UUID, at + 1)) >= 0:
        text = data[at + 16:at + 42].decode()
        if len(text) == 26:
            yield int(text[:8], 16), int(text[10:26], 16)


def await_that(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it does not come")
        time.sleep(0.05)


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.dir = pathlib.Path(cls.stack.enter_context(tempfile.TemporaryDirectory()))
        clip = pathlib.Path(CLIPS)
        cls.farm = Program(
            FARM, "--port", "0", "--cameras", str(CAMERAS), "--clip", str(clip / "main0.mp4"), "--clip",
            str(clip / "main1.mp4"), "--clip", str(clip / "heavy.mp4"), "--sub-clip", str(clip / "sub0.mp4"))
        cls.stack.callback(cls.farm.close)
        rows = ["id,name,lon,lat,url_main,pull"]
        rows += [f"{camera(n)},camera {n},116.8,35.5,rtsp://127.0.0.1:{cls.farm.port}/cam/{n:05}/main,always"
                 for n in range(1, CAMERAS + 1)]
        (cls.dir / "cameras.csv").write_text("\n".join(rows) + "\n")
        run(GRIDWALL, "import", "--data", str(cls.dir / "data"), str(cls.dir / "cameras.csv"))
        (cls.dir / "www").mkdir()
        (cls.dir / "www" / "large.bin").write_bytes(os.urandom(8 * MEGABYTE))
        cls.issue("first")
        cls.log = open(cls.dir / "log", "w+")
        cls.stack.callback(cls.log.close)
        cls.engine = Program(
            GRIDWALL, "serve", "--data", str(cls.dir / "data"), "--listen", "127.0.0.1:0", "--no-auth", "--shards", "2",
            "--www", str(cls.dir / "www"), "--tls-cert", str(cls.dir / "crt"), "--tls-key", str(cls.dir / "key"),
            "--viewer-queue", "1", "--viewer-stuck", "2", stderr=cls.log)
        cls.stack.callback(cls.engine.close)
        cls.port = cls.engine.port

    @classmethod
    def issue(cls, name):
        """Puts a new certificate and its key where the engine reads them."""
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
            "-keyout", str(cls.dir / "key"), "-out", str(cls.dir / "crt"))
        (cls.dir / "key").chmod(0o600)
        cls.trust = ssl.create_default_context(cafile=str(cls.dir / "crt"))

    def connect(self, trust=None):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
        s = (trust or self.trust).wrap_socket(raw, server_hostname="127.0.0.1")
        self.addCleanup(s.close)
        return s

    def live(self, number, form="flv"):
        """A connection on which a camera's pictures come."""
        s = self.connect()
        s.sendall(f"GET /live/{camera(number)}.{form} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        return s

    def read_proofs(self, s, count):
        data = b""
        while len(found := list(proofs(data))) < count:
            piece = s.recv(64 * 1024)
            self.assertTrue(piece, "the engine closed it")
            data += piece
        return found

    def check_whole(self, found, number):
        self.assertEqual({c for c, _ in found}, {number})
        frames = [frame for _, frame in found]
        self.assertEqual(frames, list(range(frames[0], frames[0] + len(frames))))

    def get(self, path):
        with urllib.request.urlopen(f"https://127.0.0.1:{self.port}{path}", timeout=PATIENCE_S,
                                    context=self.trust) as answer:
            return answer.read()

    def metric(self, name):
        """Its sum over the shards."""
        lines = self.get("/metrics").decode().splitlines()
        return sum(float(l.rsplit(" ", 1)[1]) for l in lines if l.startswith(name + "{"))

    def s_client(self, *options, send="Q\n"):
        return subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-CAfile", str(self.dir / "crt"),
             *options], input=send, capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    def test_versions(self):
        # OpenSSL 3 offers 1.1 at this level only.
        old = self.s_client("-tls1_1", "-cipher", "ALL@SECLEVEL=0")
        self.assertNotEqual(old.returncode, 0)
        self.assertIn("alert protocol version", old.stderr)
        for option, name in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
            done = self.s_client(option)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"New, {name}, Cipher is", done.stdout)
            self.assertIn("Verify return code: 0 (ok)", done.stdout)
            self.assertIn("Compression: NONE", done.stdout)
            self.assertNotIn("session ticket:", done.stdout)

    def test_old_ciphers_are_refused(self):
        for cipher in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"):  # no ephemeral key, no AEAD
            self.assertNotEqual(self.s_client("-tls1_2", "-cipher", cipher).returncode, 0, cipher)

    def test_renegotiation_is_refused(self):
        done = self.s_client("-tls1_2", send="R\n")
        self.assertIn("no renegotiation", done.stderr)

    def test_http_2_is_not_offered(self):
        both = ssl.create_default_context(cafile=str(self.dir / "crt"))
        both.set_alpn_protocols(["h2", "http/1.1"])
        self.assertEqual(self.connect(both).selected_alpn_protocol(), "http/1.1")

    def test_plain_requests_get_a_word_and_nothing_else(self):
        upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        for path, fields in (("/healthz", ""), (f"/live/{camera(1)}.flv", ""), (f"/live/{camera(1)}.flv", upgrade),
                             ("/ws/v1", upgrade + "Sec-WebSocket-Protocol: gridwall.v1\r\n"), ("/large.bin", "")):
            with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as s:
                s.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n".encode())
                answer = s.makefile("rb").read(8192)  # to its end, unless it is no refusal
            self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
            self.assertIn(b'"code":"plain_http"', answer)
            self.assertIn(b"https://", answer)

    def test_ffmpeg_gets_the_cameras_own_pictures(self):
        for form in ("flv", "mp4"):
            url = f"https://127.0.0.1:{self.port}/live/{camera(2)}.{form}"
            check = ("-tls_verify", "1", "-ca_file", str(self.dir / "crt"))
            streams = run("ffprobe", "-v", "error", *check, "-show_entries", "stream=codec_name,width", "-of", "csv=p=0", url)
            self.assertEqual(streams.stdout.strip(), "h264,320")
            out = subprocess.run(
                ["ffmpeg", "-nostdin", "-v", "error", *check, "-i", url, "-map", "0:v", "-c", "copy", "-frames:v", "60",
                 "-f", "h264", "-"], capture_output=True, timeout=PATIENCE_S, check=True).stdout
            found = list(proofs(out))
            self.assertGreaterEqual(len(found), 59)
            self.check_whole(found, 2)

    def test_sockets_get_the_cameras_own_pictures(self):
        with contextlib.closing(Wall(self.port, self.trust)) as wall:
            wall.send({"type": "open", "ref": 1, "camera": camera(1), "profile": "main", "form": "avcc"})
            frames = b"".join(itertools.islice(wall.frames(codec=1), 50))
        self.check_whole(list(proofs(frames)), 1)

        s = self.connect()
        s.sendall(f"GET /live/{camera(1)}.mp4 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
        self.check_whole(self.read_proofs(s, 50), 1)

    def test_large_answers_and_bodies_are_whole(self):
        self.assertEqual(self.get("/large.bin"), (self.dir / "www" / "large.bin").read_bytes())
        # One that reads late: what the socket does not take meanwhile is not lost.
        s = self.connect()
        s.sendall(b"GET /large.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                  b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await_that(lambda: self.metric("gridwall_viewer_queued_bytes") > MEGABYTE)
        stream = s.makefile("rb")
        while stream.readline() != b"\r\n":
            pass
        self.assertEqual(stream.read(8 * MEGABYTE), (self.dir / "www" / "large.bin").read_bytes())
        # A body of many records, and the end of it in a record of its own.
        body = b'{"id": "' + b"x" * (MEGABYTE - 64) + b'"}'
        s = self.connect()
        s.sendall(f"POST /api/v1/cameras HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                  f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:-1])
        s.sendall(body[-1:])
        self.assertRegex(s.recv(64), rb"HTTP/1.1 4\d\d ")

    def test_a_stuck_viewer_is_closed_and_harms_nobody(self):
        before = self.metric("gridwall_viewers_stuck_total")
        quick = self.live(3)
        stuck = [self.live(3), Wall(self.port, self.trust)]
        stuck[1].send({"type": "open", "ref": 1, "camera": camera(3), "profile": "main", "form": "avcc"})
        self.addCleanup(stuck[1].close)
        found = []
        while self.metric("gridwall_viewers_stuck_total") < before + 2:
            found += self.read_proofs(quick, 25)
        for s in (stuck[0], stuck[1].socket):
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                while s.recv(MEGABYTE):
                    pass
        self.assertEqual({c for c, _ in found}, {3})
        frames = [frame for _, frame in found]
        self.assertEqual(frames, sorted(set(frames)))
        # A proof may lie across two reads.
        self.assertGreater(len(frames) * 1.2, frames[-1] - frames[0])

    def test_a_viewer_that_leaves_is_gone(self):
        await_that(lambda: self.metric("gridwall_viewers") == 0)
        polite, rude = self.live(1), self.live(1)
        self.read_proofs(polite, 2)
        self.read_proofs(rude, 2)
        self.assertEqual(self.metric("gridwall_viewers"), 2)
        with contextlib.suppress(ssl.SSLError):  # it says goodbye, and pictures come across
            polite.unwrap()
        rude.close()
        await_that(lambda: self.metric("gridwall_viewers") == 0)

    def test_a_new_key_is_no_goodbye(self):
        client = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-tls1_3"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def end():
            client.kill()
            client.communicate()
        self.addCleanup(end)
        client.stdin.write(f"GET /live/{camera(1)}.flv HTTP/1.1\nHost: 127.0.0.1\n\n".encode())
        client.stdin.flush()

        def read(count):
            data = b""
            while len(found := list(proofs(data))) < count:
                piece = os.read(client.stdout.fileno(), MEGABYTE)
                self.assertTrue(piece, "the engine closed it")
                data += piece
            return found

        read(5)
        client.stdin.write(b"K\n")  # change keys, both of us
        client.stdin.flush()
        self.assertEqual({c for c, _ in read(50)}, {1})

    def test_half_open_handshakes_are_counted_and_end(self):
        before = self.metric("gridwall_tls_handshakes_failed_total")
        silent = [socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) for _ in range(20)]
        for s in silent:
            self.addCleanup(s.close)
        silent[0].sendall(b"\x16\x03\x01\x02\x00\x01")  # the first bytes of a hello
        await_that(lambda: self.metric("gridwall_tls_handshakes") >= 20)
        silent[1].sendall(b"\x16\x03\x01\x00\x04junk")
        for s in silent:
            with contextlib.suppress(ConnectionError):
                while s.recv(100):  # an alert, perhaps
                    pass
        await_that(lambda: self.metric("gridwall_tls_handshakes") == 0)
        self.assertGreaterEqual(self.metric("gridwall_tls_handshakes_failed_total"), before + 20)

    def test_a_crowd_comes_at_once(self):
        with contextlib.closing(self.live(1)) as viewer, concurrent.futures.ThreadPoolExecutor(64) as pool:
            self.read_proofs(viewer, 5)
            raw = [socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) for _ in range(CROWD)]

            def greet(s):
                with self.trust.wrap_socket(s, server_hostname="127.0.0.1") as tls:
                    tls.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    return tls.recv(64).startswith(b"HTTP/1.1 200 ")
            self.assertEqual(list(pool.map(greet, raw)), [True] * CROWD)
            self.read_proofs(viewer, 5)

    def shown(self):
        """Whose certificate a new connection sees."""
        return self.connect(self.either).getpeercert()["subject"][0][0][1]

    def test_a_new_certificate_drops_nobody_and_a_bad_one_is_refused(self):
        self.either = ssl.create_default_context(cafile=str(self.dir / "crt"))
        viewer = self.live(1)
        self.read_proofs(viewer, 5)
        self.issue("second")
        self.either.load_verify_locations(str(self.dir / "crt"))
        self.engine.process.send_signal(signal.SIGHUP)
        await_that(lambda: self.shown() == "second" and self.shown() == "second")  # both shards
        self.read_proofs(viewer, 50)

        good = (self.dir / "key").read_bytes()
        (self.dir / "key").write_bytes(good[:len(good) // 2])
        self.engine.process.send_signal(signal.SIGHUP)
        await_that(lambda: "event=certificate_refused" in (self.dir / "log").read_text())
        self.assertEqual(self.shown(), "second")
        self.read_proofs(viewer, 50)
        (self.dir / "key").write_bytes(good)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
