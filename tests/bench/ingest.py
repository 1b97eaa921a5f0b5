"""What it costs to take cameras in: engine and null relay over the same farm, in turns.

The null relay pulls all cameras from the start, cuts frames and drops those that nobody
watches. Bytes are those the farm sent, so that both are measured by the same count.
"""

import json
import os
import pathlib
import subprocess
import time

from harness import GB, KBPS, await_metric, farm_stats, median, metric, spread

SETTLE_S = 6
MEASURE_S = 8
DISTRICT = 8600  # cameras
DISTRICT_FPS = 2  # a rate that two cores carry, farm and engine together
STEADY_S = int(os.environ.get("GW_BENCH_STEADY_S", "60"))  # 600 for the long run
STEADY_SAMPLES = 12
FLAT_SHARE = 0.02  # that RSS may be over its first sample: 300 bytes a camera

# name, cameras, kbit/s of each, cameras that somebody watches
ROWS = (
    ("1,000 always on, 50 watched", 1000, KBPS, 50),
    ("2,000 always on, nobody watches", 2000, KBPS, 0),
)


def await_sessions(control, cameras):
    end = time.monotonic() + 120
    while farm_stats(control)["sessions"] < cameras:
        if time.monotonic() > end:
            raise SystemExit(f"the farm does not reach {cameras} sessions")
        time.sleep(0.2)


def measure(relay, control):
    before, cpu, start = farm_stats(control), relay.cpu_s(), time.monotonic()
    switches = relay.switches()
    time.sleep(MEASURE_S)
    after, cpu = farm_stats(control), relay.cpu_s() - cpu
    seconds = time.monotonic() - start
    frames = after["frames"] - before["frames"]
    return {
        "cpu_s_per_gb": cpu / (after["bytes"] - before["bytes"]) * GB,
        "us_per_frame": cpu / frames * 1e6,
        "wakes_per_frame": (relay.switches() - switches) / frames,
        "load": cpu / seconds,
        "stalled": after["stalled"] - before["stalled"],
    }


def one(bench, kind, cameras, kbps, watched):
    with bench.farm(cameras, "--start-anywhere", "--timeout", 8600,
                    "--control-port", 0, kbps=kbps) as farm:
        farm_port = farm.await_port()
        control = int(farm.await_line("control on "))
        relay = (bench.null_relay(farm_port, cameras, "always") if kind == "null"
                 else bench.engine(farm_port, cameras, "always"))
        with relay:
            port = relay.await_port()
            await_sessions(control, cameras)
            if not watched:
                time.sleep(SETTLE_S)
                return measure(relay, control)
            form = "rtp" if kind == "null" else "flv"
            with bench.viewers(port, form, watched, 1, 1, SETTLE_S, 600) as viewers:
                json.loads(viewers.await_line("begin "))
                return measure(relay, control)


def ingest(bench):
    for name, cameras, kbps, watched in ROWS:
        runs = {"null": [], "engine": []}
        for _ in range(bench.rounds):
            for kind, results in runs.items():
                results.append(one(bench, kind, cameras, kbps, watched))
        floor = median(runs["null"], "cpu_s_per_gb")
        print(f"\n{name} ({kbps / 1000:g} Mbit/s, 25 fps), {bench.rounds} rounds of "
              f"{MEASURE_S} s, medians\n")
        print("| | CPU-s per GB in | ratio to the floor | µs per frame | spread"
              " | CPUs used | wake-ups per frame | stalled |")
        print("|---|---|---|---|---|---|---|---|")
        for kind, results in runs.items():
            cost = median(results, "cpu_s_per_gb")
            print(f"| {kind} | {cost:.2f} | {cost / floor:.2f} "
                  f"| {median(results, 'us_per_frame'):.1f} "
                  f"| {spread(results, 'cpu_s_per_gb'):.0f} % "
                  f"| {median(results, 'load'):.2f} "
                  f"| {median(results, 'wakes_per_frame'):.3f} "
                  f"| {sum(r['stalled'] for r in results)} |", flush=True)


def slow_clip(bench):
    """Pictures that change twice a second, a key frame every four."""
    path = pathlib.Path(bench.scratch.name, "slow.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
                    f"testsrc=size=320x180:rate={DISTRICT_FPS}", "-t", "60",
                    "-c:v", "libx264", "-bf", "0", "-g", str(4 * DISTRICT_FPS), path],
                   check=True)
    return path


def sample(engine, port):
    return {
        "live": metric(port, "gridwall_camera_live"),
        "rss_mb": engine.rss_bytes() / 1e6,
        "cached_mb": metric(port, "gridwall_hub_gop_bytes") / 1e6,
        "lost": metric(port, "gridwall_camera_packets_lost_total"),
        "dropped": metric(port, "gridwall_camera_frames_dropped_total"),
        "failures": metric(port, "gridwall_camera_failures_total"),
    }


def broken_of(samples):
    """What of steady, whole and flat was broken. Frames ahead of a first key frame are
    dropped before the first sample."""
    first, last = samples[0], samples[-1]
    checks = (
        (any(s["live"] != DISTRICT for s in samples), "a camera was lost"),
        (max(s["rss_mb"] for s in samples) > first["rss_mb"] * (1 + FLAT_SHARE),
         "memory was not flat"),
        (last["lost"] > 0, "packets were lost"),
        (last["dropped"] > first["dropped"], "frames were dropped"),
        (last["failures"] > 0, "a session failed"),
    )
    return [what for is_broken, what in checks if is_broken]


def all_at_once(bench):
    """All cameras of a district in one process: steady, and memory flat. Returns what
    was broken of that."""
    print(f"\n{DISTRICT} cameras at once ({DISTRICT_FPS} fps), {STEADY_S} s\n")
    print("| second | live | CPUs used | RSS MB | cached MB | packets lost |"
          " frames dropped | failures |")
    print("|---|---|---|---|---|---|---|---|")
    with bench.farm(DISTRICT, "--start-anywhere", "--clip", slow_clip(bench),
                    "--timeout", DISTRICT) as farm:
        farm_port = farm.await_port()
        with bench.engine(farm_port, DISTRICT, "always") as engine:
            port = engine.await_port()
            await_metric(port, "gridwall_camera_live", DISTRICT, 240)
            time.sleep(SETTLE_S)
            start, cpu = time.monotonic(), engine.cpu_s()
            samples = []
            for _ in range(STEADY_SAMPLES):
                time.sleep(STEADY_S / STEADY_SAMPLES)
                seconds = time.monotonic() - start
                s = sample(engine, port)
                samples.append(s)
                print(f"| {seconds:.0f} | {s['live']:.0f} "
                      f"| {(engine.cpu_s() - cpu) / seconds:.2f} "
                      f"| {s['rss_mb']:.1f} | {s['cached_mb']:.1f} | {s['lost']:.0f} "
                      f"| {s['dropped']:.0f} | {s['failures']:.0f} |", flush=True)
    return broken_of(samples)
