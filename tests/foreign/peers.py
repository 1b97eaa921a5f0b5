"""Programs that are not ours, and ours among them, as child processes."""

import fractions
import json
import signal
import subprocess
import urllib.request

PATIENCE_S = 120  # only ever spent when something hangs


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)


class Program:
    """A child process that says where it listens."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
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


def make_clip(path, seconds):
    """B-frames, 12.5 pictures a second, a voice beside. Returns the path."""
    run("ffmpeg", "-nostdin", "-v", "error",
        "-f", "lavfi", "-i", f"testsrc2=size=320x240:rate=25/2:duration={seconds}",
        "-f", "lavfi", "-i", f"sine=duration={seconds}",
        "-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac",
        str(path))
    return path


def call(port, method, path, body=None):
    """A request to the engine's API. Returns its answer, read as JSON."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/{path}", None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return json.loads(answer.read() or b"null")
