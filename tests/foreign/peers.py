"""Programs that are not ours, and ours among them, as child processes."""

import fractions
import json
import signal
import socket
import struct
import subprocess
import urllib.request

# How far sound may stand from the pictures where no reports tell (ingest/audio_sync.h).
IN_STEP = fractions.Fraction(1, 2)
PATIENCE_S = 120  # only ever spent when something hangs


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)


class Program:
    """A child process that says where it listens."""

    def __init__(self, *command, stderr=None, env=None):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, env=env, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), f"{command[0]} said {line!r}"
        self.port = int(line.rsplit(":", 1)[1])

    def close(self):
        self.process.terminate()
        self.process.stdout.close()
        status = self.process.wait(PATIENCE_S)
        assert status in (0, -signal.SIGTERM), f"{self.process.args[0]} ended with {status}"


def watch(source, pictures):
    """ffmpeg that decodes the first pictures of a file or a stream, unchanged."""
    return subprocess.Popen(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", str(source), "-map", "0:v", "-frames:v", str(pictures),
         "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def seen(watcher):
    """What it decoded: seconds since the first picture, and checksums, as shown."""
    try:
        out, errors = watcher.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        watcher.kill()
        raise AssertionError(f"no pictures: {watcher.communicate()[1]}") from None
    assert not errors, errors
    lines = out.splitlines()
    unit = next(fractions.Fraction(l.split(":")[1].strip()) for l in lines if l.startswith("#tb"))
    rows = [l.split(",") for l in lines if not l.startswith("#")]
    times = [int(row[2]) * unit for row in rows]
    return [t - times[0] for t in times], [row[5].strip() for row in rows]


H264 = ("-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p")
H265 = ("-c:v", "libx265", "-preset", "veryfast", "-x265-params", "log-level=none:bframes=2:keyint=25",
        "-pix_fmt", "yuv420p", "-tag:v", "hvc1")
MJPEG = ("-c:v", "mjpeg", "-huffman", "default", "-q:v", "4", "-pix_fmt", "yuvj420p")
AAC = ("-c:a", "aac")
OPUS = ("-c:a", "libopus")
G711 = ("-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1")


def make_clip(path, seconds, video=H264, sound=AAC):
    """B-frames, 12.5 pictures a second, a voice beside. Returns the path."""
    run("ffmpeg", "-nostdin", "-v", "error",
        "-f", "lavfi", "-i", f"testsrc2=size=320x240:rate=25/2:duration={seconds}",
        "-f", "lavfi", "-i", f"sine=duration={seconds}",
        *video, *sound, str(path))
    return path


def both(source, seconds=None):
    """The first of two tracks: pictures decoded, sound as it is coded. Each a list of
    (seconds, checksum), on one clock."""
    limit = ["-t", str(seconds)] if seconds else []
    out = run("ffmpeg", "-nostdin", "-v", "error", "-i", str(source), "-map", "0:v", "-map", "0:a", *limit,
              "-c:a", "copy", "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-").stdout
    lines = out.splitlines()
    units = {l.split()[1].rstrip(":"): fractions.Fraction(l.split()[2]) for l in lines if l.startswith("#tb")}
    rows = [[c.strip() for c in l.split(",")] for l in lines if not l.startswith("#")]
    return [[(int(r[2]) * units[n], r[5]) for r in rows if r[0] == n] for n in ("0", "1")]


def check_sound(case, path, source):
    """Each coded frame is the file's own, in order, and in step with the pictures."""
    pictures, sound = both(path)
    live_pictures, live_sound = both(source, 4)
    sums, live_sums = ([checksum for _, checksum in track] for track in (sound, live_sound))
    count = len(live_sums)
    case.assertGreater(count, 100)
    # A tone's frames are alike: one alone does not tell where it is from.
    places = [i for i in range(len(sums)) if sums[i:i + count] == live_sums]
    case.assertEqual(len(places), 1)
    first = places[0]
    shown = [checksum for _, checksum in pictures].index(live_pictures[0][1])
    for (live, _), (expected, _) in zip(live_sound, sound[first:]):
        off = (live - live_pictures[0][0]) - (expected - pictures[shown][0])
        case.assertLessEqual(abs(off), IN_STEP)


def call(port, method, path, body=None):
    """A request to the engine's API. Returns its answer, read as JSON."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/{path}", None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return json.loads(answer.read() or b"null")


class Wall:
    """A client of /ws/v1 in a few lines: RFC 6455 without fragments, which the engine
    does not send."""

    def __init__(self, port, tls=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.socket.sendall(
            f"GET /ws/v1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: gridwall.v1\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
        self.stream = self.socket.makefile("rb")
        assert b" 101 " in self.stream.readline()
        while self.stream.readline() != b"\r\n":
            pass

    def close(self):
        self.stream.close()
        self.socket.close()

    def send(self, message):
        text = json.dumps(message).encode()
        assert len(text) < 65536
        # The mask may be all zeros.
        self.socket.sendall(struct.pack(">BBHI", 0x81, 0x80 | 126, len(text), 0) + text)

    def messages(self):
        """Text as what the JSON says, binary as bytes."""
        while True:
            first, second = self.stream.read(2)
            size = second & 127
            if size == 126:
                (size,) = struct.unpack(">H", self.stream.read(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", self.stream.read(8))
            data = self.stream.read(size)
            if first & 15 == 1:
                yield json.loads(data)
            elif first & 15 == 2:
                yield data

    def frames(self, codec):
        """The payloads of media frames, which must be of that codec: docs/wire.md."""
        for message in self.messages():
            while isinstance(message, bytes) and message:
                head, kind, got = message[0], message[1], message[3]
                (size,) = struct.unpack_from(">I", message, 28)
                assert got == codec, got
                if kind == 2:
                    yield message[head:head + size]
                message = message[head + size:]
