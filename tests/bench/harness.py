"""What the benchmarks share: programs as child processes, an engine or a null relay
over a farm of its own, and what can be read of them."""

import ctypes
import json
import os
import pathlib
import platform
import signal
import socket
import ssl
import statistics
import subprocess
import tempfile
import time
import urllib.request

KBPS = 1000  # of the farm's sub streams, 25 frames a second
GB = 1e9

PR_SET_PDEATHSIG = 1


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def share_processors():
    """The processors of the relay and those of farm and viewers, where there are two.

    Whoever is sent a frame is woken, and on a shared processor runs at once in the relay's
    place: what the relay costs would be up to the scheduler."""
    all_of_them = sorted(os.sched_getaffinity(0))
    return (set(all_of_them[:len(all_of_them) // 2] or all_of_them),
            set(all_of_them[len(all_of_them) // 2:]))


class Program:
    """A child process; what it prints is awaited line by line."""

    def __init__(self, *args, cpus=None):
        def prepare():
            die_with_parent()
            if cpus:
                os.sched_setaffinity(0, cpus)

        self.process = subprocess.Popen(
            [str(a) for a in args], stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL if "serve" in args else None,
            preexec_fn=prepare)

    def await_line(self, prefix):
        for line in self.process.stdout:
            if line.startswith(prefix):
                return line[len(prefix):].strip()
        raise SystemExit(f"{self.process.args[0]} ended before it said '{prefix}'")

    def await_port(self):
        return int(self.await_line("listening on ").rsplit(":", 1)[1])

    def cpu_s(self):
        """User and system time of all threads, exact where the kernel keeps it so."""
        ns = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            ns += int((task / "schedstat").read_text().split()[0])
        return ns / 1e9

    def switches(self):
        """Times that a thread went to sleep: so often it had to be woken."""
        n = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    n += int(line.split()[1])
        return n

    def rss_bytes(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text()
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=60)


class Bench:
    """The programs of one build. `placed`: the relay has its processors for itself; the
    engine makes a shard for each of them."""

    def __init__(self, build, shards, rounds, placed=False):
        self.build = pathlib.Path(build)
        self.shards = shards
        self.rounds = rounds
        self.relay_cpus, self.other_cpus = share_processors() if placed else (None, None)
        self.scratch = tempfile.TemporaryDirectory(prefix="gridwall-bench-")

    def farm(self, cameras, *options, kbps=KBPS):
        return Program(self.build / "tests/farm/gridwall-farm", "--port", 0,
                       "--cameras", cameras, "--sub-kbps", kbps, *options,
                       cpus=self.other_cpus)

    def viewers(self, *args):
        return Program(self.build / "tests/bench/load_client", *args, cpus=self.other_cpus)

    def null_relay(self, farm_port, cameras, *options):
        return Program(self.build / "tests/bench/null_relay", farm_port, cameras,
                       *options, cpus=self.relay_cpus)

    def certificate(self):
        """What an engine needs for TLS, self-signed: its options."""
        crt, key = (pathlib.Path(self.scratch.name, name) for name in ("crt", "key"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=bench", "-days", "2",
             "-keyout", key, "-out", crt], check=True, capture_output=True)
        key.chmod(0o600)
        return "--tls-cert", crt, "--tls-key", key

    def engine(self, farm_port, cameras, pull="on_demand", options=()):
        """An engine with a registry of its own: sub streams of the farm."""
        data = tempfile.mkdtemp(dir=self.scratch.name)
        rows = ["id,name,lon,lat,division,department,url_main,url_sub,pull"]
        for n in range(1, cameras + 1):
            url = f"rtsp://127.0.0.1:{farm_port}/cam/{n:05}/sub"
            rows.append(f"{n:05},camera {n},116.8,35.5,,,{url},{url},{pull}")
        table = pathlib.Path(data, "cameras.csv")
        table.write_text("\n".join(rows) + "\n", encoding="utf-8")
        program = self.build / "app/gridwall"
        if cameras:
            done = subprocess.run([program, "import", "--data", data, table],
                                  capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stdout + done.stderr)
        shards = ["--shards", self.shards] if self.shards else []
        return Program(program, "serve", "--data", data, "--listen", "127.0.0.1:0",
                       "--no-auth", "--linger", 0, *shards, *options, cpus=self.relay_cpus)


def machine():
    model = next((line.split(":")[1].strip()
                  for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "?")
    return (f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} CPUs ({model}), "
            f"Linux {platform.release()}, load of others at start "
            f"{os.getloadavg()[0]:.1f}")


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def spread(runs, key):
    values = [run[key] for run in runs]
    return (max(values) - min(values)) / statistics.median(values) * 100


def metric(port, name, tls=False):
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/metrics"
    # It is our own child, whose certificate nobody signed.
    trust = ssl._create_unverified_context() if tls else None
    text = urllib.request.urlopen(url, timeout=10, context=trust).read().decode()
    return sum(float(line.split()[-1]) for line in text.splitlines()
               if line.startswith(name + "{") or line.startswith(name + " "))


def await_metric(port, name, value, seconds=60, tls=False):
    end = time.monotonic() + seconds
    while metric(port, name, tls) < value:
        if time.monotonic() > end:
            raise SystemExit(f"{name} does not reach {value}")
        time.sleep(0.2)


def farm_stats(control_port):
    """What the farm counted: bytes and frames sent, sessions, stalls."""
    with socket.create_connection(("127.0.0.1", control_port), timeout=10) as s:
        s.sendall(b"stats\n")
        return json.loads(s.makefile().readline())
