"""The cost of what leaves: the engine beside the null relay, with the same viewers."""

import json
import pathlib
import shutil
import signal
import statistics
import subprocess
import time

from harness import GB, KBPS, await_metric, median, metric, spread

CAMERAS = 100
VIEWERS = 10  # of each camera
WALL = 10  # cameras a wall
MAIN_KBPS = 4000  # the row of main streams: as many bytes a frame as those have
MAIN_CAMERAS = 16
MAIN_VIEWERS = 20
VIEWER_CAMERAS = 20  # of the memory of a viewer: few and thin, for their cached
VIEWER_KBPS = 100  # pictures must not show in it
COUNTED_CAMERAS = 20  # while system calls are counted, which slows them
WARM_S = 4
MEASURE_S = 5


def load(bench, relay, port, form, per_socket, viewers, cameras, *options):
    """CPU of the relay and what the viewers got, over MEASURE_S."""
    with bench.viewers(port, form, cameras, per_socket, viewers, WARM_S,
                       MEASURE_S, *options) as client:
        begin = json.loads(client.await_line("begin "))
        cpu, start = relay.cpu_s(), time.monotonic()
        switches = relay.switches()
        end = json.loads(client.await_line("end "))
        cpu, seconds = relay.cpu_s() - cpu, time.monotonic() - start
        switches = relay.switches() - switches
    got = {k: end[k] - begin[k] for k in ("messages", "bytes", "pictures")}
    expected = cameras * viewers * 25 * seconds
    return {
        "cpu_s_per_gb": cpu / got["bytes"] * GB,
        "us_per_picture": cpu / got["pictures"] * 1e6,
        "wakes_per_picture": switches / got["pictures"],
        "load": cpu / seconds,
        "pictures_per_message": got["pictures"] / got["messages"],
        "delivered": got["pictures"] / expected,
        "bad": end["lost"] + end["wrong"] + end["garbled"],
        "age_p50_ms": end["age_p50_ms"],
        "age_p99_ms": end["age_p99_ms"],
    }


ONE = "null relay, a stream a socket"  # the floor of all rows

SUB_CASES = {
    ONE: ("null", "rtp", 1),
    "engine, FLV, a stream a socket": ("engine", "flv", 1),
    "engine, fMP4, a stream a socket": ("engine", "mp4", 1),
    "engine, `/ws/v1`, a stream a socket": ("engine", "wall", 1),
    "null relay, walls of 10": ("null", "rtp", WALL),
    "engine, `/ws/v1`, walls of 10": ("engine", "wall", WALL),
}
MAIN_CASES = {name: case for name, case in SUB_CASES.items() if case[2] == 1}


def in_turns(bench, cases, cameras, viewers, kbps, *options):
    """Null relay and engine in turns, so that what else runs here hits both. Each has the
    farm and the machine to itself in its turn: a null relay that goes on reading beside the
    engine would cost the engine the caches and half the processor."""
    runs = {name: [] for name in cases}
    # Cameras begin their groups of pictures at different moments.
    with bench.farm(cameras, "--start-anywhere", kbps=kbps) as farm:
        farm_port = farm.await_port()
        start = {"null": bench.null_relay, "engine": bench.engine}
        for _ in range(bench.rounds):
            for name, (which, form, per_socket) in cases.items():
                with start[which](farm_port, cameras) as relay:
                    runs[name].append(load(bench, relay, relay.await_port(), form,
                                           per_socket, viewers, cameras, *options))
    return runs


def print_fan_out(runs):
    print("| | CPU-s per GB out | ratio to the floor | of the best rounds | µs per picture"
          " | spread | CPUs used | pictures a message | wake-ups a picture | delivered"
          " | lost or wrong |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, results in runs.items():
        # Of the same round: rounds differ by what else ran.
        ratio = statistics.median(
            run["cpu_s_per_gb"] / floor["cpu_s_per_gb"]
            for run, floor in zip(results, runs[ONE]))
        # What else runs only ever adds: the best rounds were disturbed least.
        best = (min(run["cpu_s_per_gb"] for run in results)
                / min(run["cpu_s_per_gb"] for run in runs[ONE]))
        print(f"| {name} | {median(results, 'cpu_s_per_gb'):.2f} | {ratio:.2f} | {best:.2f} "
              f"| {median(results, 'us_per_picture'):.1f} "
              f"| {spread(results, 'cpu_s_per_gb'):.0f} % "
              f"| {median(results, 'load'):.2f} "
              f"| {median(results, 'pictures_per_message'):.2f} "
              f"| {median(results, 'wakes_per_picture'):.3f} "
              f"| {median(results, 'delivered') * 100:.1f} % "
              f"| {sum(r['bad'] for r in results)} |", flush=True)


def fan_out(bench):
    print(f"\n{CAMERAS} sub streams ({KBPS / 1000:g} Mbit/s, 25 fps) x {VIEWERS} viewers,"
          f" {bench.rounds} rounds of {MEASURE_S} s, medians\n")
    # Awake: else the ratio would say how often a viewer had to be woken, by as much as
    # relay and viewers happen to differ in speed.
    print_fan_out(in_turns(bench, SUB_CASES, CAMERAS, VIEWERS, KBPS, "awake"))


def main_streams(bench):
    print(f"\n{MAIN_CAMERAS} main streams ({MAIN_KBPS / 1000:g} Mbit/s, 25 fps) x"
          f" {MAIN_VIEWERS} viewers, {bench.rounds} rounds of {MEASURE_S} s, medians\n")
    print_fan_out(in_turns(bench, MAIN_CASES, MAIN_CAMERAS, MAIN_VIEWERS, MAIN_KBPS,
                           "awake"))


def ages(bench):
    """How old a picture is when its viewer has it. Viewers sleep meanwhile: awake ones
    would take the farm's processor and delay it between its mark and its send."""
    print(f"\nAge on arrival, {CAMERAS} sub streams x {VIEWERS} viewers, {bench.rounds}"
          " rounds, medians\n")
    print("| | p50 ms | p99 ms |")
    print("|---|---|---|")
    for name, results in in_turns(bench, SUB_CASES, CAMERAS, VIEWERS, KBPS).items():
        print(f"| {name} | {median(results, 'age_p50_ms'):.2f} "
              f"| {median(results, 'age_p99_ms'):.2f} |", flush=True)


def count_calls(pid, out):
    """Counts system calls of all threads until it is interrupted."""
    counter = subprocess.Popen(["strace", "-c", "-f", "-p", str(pid), "-o", out],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return counter


def read_calls(out):
    calls = {}
    for line in pathlib.Path(out).read_text().splitlines():
        words = line.split()
        if len(words) >= 5 and words[0].replace(".", "").isdigit() and words[-1] != "total":
            calls[words[-1]] = int(words[3])
    return calls


def system_calls(bench):
    """What a picture that leaves costs in system calls, where strace is installed."""
    if not shutil.which("strace"):
        print("\nSystem calls: not counted, strace is not installed")
        return
    kinds = {"send": ("sendto", "sendmsg", "write"), "receive": ("read", "recvfrom", "readv"),
             "wait": ("epoll_wait", "epoll_pwait"), "memory": ("mmap", "munmap", "madvise",
                                                              "brk", "mprotect")}
    print(f"\nSystem calls a picture out ({COUNTED_CAMERAS} sub streams x {VIEWERS}"
          " viewers)\n")
    print("| | " + " | ".join(kinds) + " | other | all |")
    print("|---|" + "---|" * (len(kinds) + 2))
    out = pathlib.Path(bench.scratch.name, "calls")
    with bench.farm(COUNTED_CAMERAS) as farm:
        farm_port = farm.await_port()
        with bench.null_relay(farm_port, COUNTED_CAMERAS) as null, \
                bench.engine(farm_port, COUNTED_CAMERAS) as engine:
            relays = {"null": (null, null.await_port()),
                      "engine": (engine, engine.await_port())}
            for name, (which, form, per_socket) in SUB_CASES.items():
                relay, port = relays[which]
                with bench.viewers(port, form, COUNTED_CAMERAS, per_socket, VIEWERS,
                                   WARM_S, MEASURE_S) as client:
                    begin = json.loads(client.await_line("begin "))
                    with count_calls(relay.process.pid, out) as counter:
                        end = json.loads(client.await_line("end "))
                        counter.send_signal(signal.SIGINT)
                        counter.wait()
                pictures = end["pictures"] - begin["pictures"]
                calls = read_calls(out)
                row = [sum(calls.pop(call, 0) for call in names) / pictures
                       for names in kinds.values()]
                row += [sum(calls.values()) / pictures]
                print(f"| {name} | " + " | ".join(f"{n:.3f}" for n in row)
                      + f" | {sum(row):.3f} |", flush=True)


def viewer_memory(bench):
    """A viewer's own: what the relay grows by, and what waits for it taken off."""
    viewers = 1000 // VIEWER_CAMERAS
    count = viewers * VIEWER_CAMERAS
    print(f"\nMemory of a viewer (RSS, {count} viewers, a stream a socket)\n")
    print("| | bytes a viewer |")
    print("|---|---|")

    def row(name, relay, port, form, tls=False):
        before = relay.rss_bytes()
        with bench.viewers(port, form, VIEWER_CAMERAS, 1, viewers, WARM_S,
                           600, *(["tls"] if tls else [])) as client:
            client.await_line("begin ")
            grown = relay.rss_bytes() - before
            if form != "rtp":
                grown -= metric(port, "gridwall_viewer_queued_bytes", tls)
            print(f"| {name} | {grown / count:.0f} |", flush=True)

    with bench.farm(VIEWER_CAMERAS, kbps=VIEWER_KBPS) as farm:
        farm_port = farm.await_port()
        with bench.null_relay(farm_port, VIEWER_CAMERAS) as null:
            row("null relay", null, null.await_port(), "rtp")
        for name, form, tls in (("engine, FLV", "flv", False),
                                ("engine, `/ws/v1`", "wall", False),
                                ("engine, FLV over TLS", "flv", True),
                                ("engine, `/ws/v1` over TLS", "wall", True)):
            options = bench.certificate() if tls else ()
            with bench.engine(farm_port, VIEWER_CAMERAS, "always", options) as engine:
                port = engine.await_port()
                await_metric(port, "gridwall_camera_live", VIEWER_CAMERAS, tls=tls)
                time.sleep(WARM_S)  # cached pictures are as many as they get
                row(name, engine, port, form, tls)
