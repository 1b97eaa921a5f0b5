#!/usr/bin/env python3
"""The engine beside a null relay: the same farm, the same viewers, in turns.

Prints tables in Markdown: docs/benchmarks.md is made of them. CPU time is that of the
relay's process only, user and system; what the farm and the viewers cost is left out.
"""

import argparse
import json
import subprocess
import sys
import time

import ingest
import memory
from harness import GB, KBPS, Bench, Program, machine, median, spread

SKIPPED = 77  # what meson takes for "skipped"
CAMERAS = 100
VIEWERS = 10  # of each camera
WALL = 10  # cameras a wall
COLD = 100  # cameras of their own for each cold measurement
WARM_S = 4
MEASURE_S = 8
ROUNDS = 3
PROBES = 200


def load(bench, relay, port, form, per_socket=1, viewers=VIEWERS, cameras=CAMERAS):
    """CPU of the relay and what the viewers got, over MEASURE_S."""
    with Program(bench.build / "tests/bench/load_client", port, form, cameras,
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


def first_frame(bench, port, form, cameras, probes, spread_ms):
    text = subprocess.run(
        [bench.build / "tests/bench/first_frame", str(port), form, str(cameras),
         str(probes), str(spread_ms)], check=True, capture_output=True).stdout
    return json.loads(text)


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
                    runs[name].append(load(bench, relay, port, form, per_socket))
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
                        first_frame(bench, port, form, COLD, COLD, 40))
                for form in forms:
                    with Program(bench.build / "tests/bench/load_client", port, form, 20,
                                 1, 1, 3, 600) as watcher:
                        watcher.await_line("begin ")
                        row(f"{kind}, {form}, warm",
                            first_frame(bench, port, form, 20, PROBES, 40))


PARTS = {
    "fan-out": fan_out,
    "first-frame": first_frames,
    "ingest": ingest.ingest,
    "all-at-once": ingest.all_at_once,
    "memory": memory.memory,
}


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
