#!/usr/bin/env python3
"""The engine beside a null relay: the same farm, the same viewers, in turns.

Prints tables in Markdown: docs/benchmarks.md is made of them. CPU time is that of the
relay's process only, user and system; what the farm and the viewers cost is left out.
Costs are for the reader to judge; exits with 1 when "all-at-once" was not steady.
"""

import argparse
import json
import subprocess
import sys

import fanout
import ingest
import memory
from harness import Bench, machine

SKIPPED = 77  # what meson takes for "skipped"
CAMERAS = 100
COLD = 100  # cameras of their own for each cold measurement
ROUNDS = 5
PROBES = 200


def first_frame(bench, port, form, cameras, probes, spread_ms):
    text = subprocess.run(
        [bench.build / "tests/bench/first_frame", str(port), form, str(cameras),
         str(probes), str(spread_ms)], check=True, capture_output=True).stdout
    return json.loads(text)


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
                    with bench.viewers(port, form, 20, 1, 1, 3, 600) as watcher:
                        watcher.await_line("begin ")
                        row(f"{kind}, {form}, warm",
                            first_frame(bench, port, form, 20, PROBES, 40))


PARTS = {
    "fan-out": fanout.fan_out,
    "main": fanout.main_streams,
    "ages": fanout.ages,
    "calls": fanout.system_calls,
    "first-frame": first_frames,
    "ingest": ingest.ingest,
    "all-at-once": ingest.all_at_once,
    "memory": memory.memory,
    "viewer-memory": fanout.viewer_memory,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="build directory")
    parser.add_argument("--sanitize", default="none", help="b_sanitize of that build")
    parser.add_argument("--buildtype", default="release")
    parser.add_argument("--shards", type=int, default=0, help="0: the engine's default")
    parser.add_argument("--anywhere", action="store_true",
                        help="let the scheduler place all programs on all processors")
    parser.add_argument("--only", choices=PARTS, action="append",
                        help="this table; may be given several times; default: all")
    parser.add_argument("--rounds", type=int, default=ROUNDS,
                        help="of the tables that compare")
    args = parser.parse_args()

    if args.sanitize != "none" or not args.buildtype.startswith("release"):
        print(f"SKIPPED: this build ({args.buildtype}, sanitizers: {args.sanitize}) would "
              "measure the compiler. meson setup build/release --buildtype=release")
        return SKIPPED
    bench = Bench(args.build, args.shards, args.rounds, placed=not args.anywhere)
    with bench.scratch:
        print(machine())
        broken = [what for name, part in PARTS.items()
                  if not args.only or name in args.only for what in part(bench) or ()]
    for what in broken:
        print("BROKEN: " + what)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
