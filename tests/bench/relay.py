#!/usr/bin/env python3
"""The engine beside a null relay: the same farm, the same viewers, in turns.

Prints tables in Markdown: docs/benchmarks.md is made of them. CPU time is that of the
relay's process only, user and system; what the farm and the viewers cost is left out.
"""

import argparse
import ctypes
import json
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

SKIPPED = 77  # what meson takes for "skipped"
KBPS = 1000  # of the farm's sub streams, 25 frames a second
CAMERAS = 100
VIEWERS = 10  # of each camera
WALL = 10  # cameras a wall
COLD = 100  # cameras of their own for each cold measurement
REGISTERED = 8600
ALWAYS = 200
WARM_S = 4
MEASURE_S = 8
ROUNDS = 3
PROBES = 200
GB = 1e9

PR_SET_PDEATHSIG = 1


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """A child process; what it prints is awaited line by line."""

    def __init__(self, *args):
        self.process = subprocess.Popen(
            [str(a) for a in args], stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL if "serve" in args else None,
            preexec_fn=die_with_parent)

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
    def __init__(self, build, shards):
        self.build = pathlib.Path(build)
        self.shards = shards
        self.scratch = tempfile.TemporaryDirectory(prefix="gridwall-bench-")

    def farm(self, cameras):
        return Program(self.build / "tests/farm/gridwall-farm", "--port", 0,
                       "--cameras", cameras, "--sub-kbps", KBPS)

    def null_relay(self, farm_port, cameras):
        return Program(self.build / "tests/bench/null_relay", farm_port, cameras)

    def engine(self, farm_port, cameras, pull="on_demand"):
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
                       "--no-auth", "--linger", 0, *shards)

    def load(self, relay, port, form, per_socket=1, viewers=VIEWERS, cameras=CAMERAS):
        """CPU of the relay and what the viewers got, over MEASURE_S."""
        with Program(self.build / "tests/bench/load_client", port, form, cameras,
                     per_socket, viewers, WARM_S, MEASURE_S) as client:
            begin = json.loads(client.await_line("begin "))
            cpu, start = relay.cpu_s(), time.monotonic()
            end = json.loads(client.await_line("end "))
            cpu, seconds = relay.cpu_s() - cpu, time.monotonic() - start
        got = {k: end[k] - begin[k] for k in ("messages", "bytes", "pictures")}
        expected = cameras * viewers * 25 * seconds
        return {
            "cpu_s_per_gb": cpu / got["bytes"] * GB,
            "us_per_picture": cpu / got["pictures"] * 1e6,
            "load": cpu / seconds,
            "pictures_per_message": got["pictures"] / got["messages"],
            "delivered": got["pictures"] / expected,
            "bad": end["lost"] + end["wrong"] + end["garbled"],
            "age_p50_ms": end["age_p50_ms"],
            "age_p99_ms": end["age_p99_ms"],
        }

    def first_frame(self, port, form, cameras, probes, spread_ms):
        text = subprocess.run(
            [self.build / "tests/bench/first_frame", str(port), form, str(cameras),
             str(probes), str(spread_ms)], check=True, capture_output=True).stdout
        return json.loads(text)


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


def fan_out(bench):
    """Null relay and engine in turns, ROUNDS times."""
    cases = {
        "null relay, a stream a socket": ("null", "rtp", 1),
        "engine, FLV, a stream a socket": ("engine", "flv", 1),
        "engine, fMP4, a stream a socket": ("engine", "mp4", 1),
        "engine, `/ws/v1`, a stream a socket": ("engine", "wall", 1),
        "null relay, walls of 10": ("null", "rtp", WALL),
        "engine, `/ws/v1`, walls of 10": ("engine", "wall", WALL),
    }
    runs = {name: [] for name in cases}
    with bench.farm(CAMERAS) as farm:
        farm_port = farm.await_port()
        with bench.null_relay(farm_port, CAMERAS) as null, \
                bench.engine(farm_port, CAMERAS) as engine:
            relays = {"null": (null, null.await_port()),
                      "engine": (engine, engine.await_port())}
            for _ in range(ROUNDS):
                for name, (which, form, per_socket) in cases.items():
                    relay, port = relays[which]
                    runs[name].append(bench.load(relay, port, form, per_socket))
    floor = {1: median(runs["null relay, a stream a socket"], "cpu_s_per_gb")}

    print(f"\n{CAMERAS} sub streams ({KBPS / 1000:g} Mbit/s, 25 fps) x {VIEWERS} viewers,"
          f" {ROUNDS} rounds of {MEASURE_S} s, medians\n")
    print("| | CPU-s per GB out | ratio to the floor | µs per picture | spread | CPUs used"
          " | pictures a message | delivered | lost or wrong | age p50 / p99 ms |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, results in runs.items():
        cost = median(results, "cpu_s_per_gb")
        print(f"| {name} | {cost:.2f} | {cost / floor[1]:.2f} "
              f"| {median(results, 'us_per_picture'):.1f} "
              f"| {spread(results, 'cpu_s_per_gb'):.0f} % "
              f"| {median(results, 'load'):.2f} "
              f"| {median(results, 'pictures_per_message'):.2f} "
              f"| {median(results, 'delivered') * 100:.1f} % "
              f"| {sum(r['bad'] for r in results)} "
              f"| {median(results, 'age_p50_ms'):.2f} / {median(results, 'age_p99_ms'):.2f} |",
              flush=True)


def first_frames(bench):
    print("\nTime to the first picture, connect() to its last byte\n")
    print("| | p50 ms | p95 ms |")
    print("|---|---|---|")

    def row(name, result):
        print(f"| {name} | {result['p50_ms']:.2f} | {result['p95_ms']:.2f} |", flush=True)

    with bench.farm(CAMERAS + COLD) as farm:
        farm_port = farm.await_port()
        for kind in ("null", "engine"):
            relay = (bench.null_relay(farm_port, COLD) if kind == "null"
                     else bench.engine(farm_port, COLD))
            forms = {"null": ("rtp",), "engine": ("flv", "wall")}[kind]
            with relay:
                port = relay.await_port()
                for form in forms:
                    row(f"{kind}, {form}, cold",
                        bench.first_frame(port, form, COLD, COLD, 40))
                for form in forms:
                    with Program(bench.build / "tests/bench/load_client", port, form, 20,
                                 1, 1, 3, 600) as watcher:
                        watcher.await_line("begin ")
                        row(f"{kind}, {form}, warm",
                            bench.first_frame(port, form, 20, PROBES, 40))


def metric(port, name):
    url = f"http://127.0.0.1:{port}/metrics"
    text = urllib.request.urlopen(url, timeout=10).read().decode()
    return sum(float(line.split()[-1]) for line in text.splitlines()
               if line.startswith(name + "{") or line.startswith(name + " "))


def await_metric(port, name, value):
    end = time.monotonic() + 60
    while metric(port, name) < value:
        if time.monotonic() > end:
            raise SystemExit(f"{name} does not reach {value}")
        time.sleep(0.2)


def memory(bench):
    print("\nMemory of the engine (RSS)\n")
    print("| | bytes |")
    print("|---|---|")
    with bench.farm(ALWAYS) as farm:
        farm_port = farm.await_port()
        with bench.engine(farm_port, 1) as engine:
            port = engine.await_port()
            metric(port, "gridwall_viewers")
            bare = engine.rss_bytes()
            print(f"| one camera registered, nothing pulled | {bare} |")
        with bench.engine(farm_port, REGISTERED) as engine:
            port = engine.await_port()
            metric(port, "gridwall_viewers")
            print(f"| per registered camera ({REGISTERED}), nothing pulled "
                  f"| {(engine.rss_bytes() - bare) / REGISTERED:.0f} |")
        with bench.engine(farm_port, ALWAYS, "always") as engine:
            port = engine.await_port()
            await_metric(port, "gridwall_camera_live", ALWAYS)
            time.sleep(WARM_S)
            rss = engine.rss_bytes()
            gop = metric(port, "gridwall_hub_gop_bytes") / ALWAYS
            per_camera = (rss - bare) / ALWAYS
            print(f"| per pulled camera ({ALWAYS}), with its cached GOP | {per_camera:.0f} |")
            print(f"| of these the cached GOP at that moment | {gop:.0f} |")
            print(f"| per pulled camera without it | {per_camera - gop:.0f} |")
            viewers = 5
            with Program(bench.build / "tests/bench/load_client", port, "flv", ALWAYS, 1,
                         viewers, WARM_S, 600) as client:
                client.await_line("begin ")
                per_viewer = (engine.rss_bytes() - rss) / ALWAYS / viewers
                print(f"| per viewer ({ALWAYS * viewers}), FLV, a stream a socket "
                      f"| {per_viewer:.0f} |", flush=True)


PARTS = {"fan-out": fan_out, "first-frame": first_frames, "memory": memory}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="build directory")
    parser.add_argument("--sanitize", default="none", help="b_sanitize of that build")
    parser.add_argument("--buildtype", default="release")
    parser.add_argument("--shards", type=int, default=0, help="0: the engine's default")
    parser.add_argument("--only", choices=PARTS, help="one table instead of all")
    args = parser.parse_args()

    if args.sanitize != "none" or not args.buildtype.startswith("release"):
        print(f"SKIPPED: this build ({args.buildtype}, sanitizers: {args.sanitize}) would "
              "measure the compiler. meson setup build/release --buildtype=release")
        return SKIPPED
    bench = Bench(args.build, args.shards)
    with bench.scratch:
        print(machine())
        for name, part in PARTS.items():
            if args.only in (None, name):
                part(bench)
    return 0


if __name__ == "__main__":
    sys.exit(main())
