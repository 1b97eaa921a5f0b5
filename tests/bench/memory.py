"""What the engine's memory is made of: RSS beside what it says it caches.

A camera's cached pictures grow from one key frame to the next. The phases of many
cameras are spread, in the farm as in life (--start-anywhere), and both figures are
means over several groups of pictures.
"""

import statistics
import time

from harness import await_metric, metric

REGISTERED = 8600
ALWAYS = (200, 1000)  # cameras
SETTLE_S = 8  # several groups of pictures
SAMPLES = 40
SAMPLE_S = 0.25
ALLOWED_SHARE = 0.10  # of the cached bytes
ALLOWED_BYTES = 8 * 1024


def row(name, value):
    print(f"| {name} | {value:,.0f} |", flush=True)


def idle_rss(bench, farm_port, cameras):
    with bench.engine(farm_port, cameras) as engine:
        metric(engine.await_port(), "gridwall_viewers")
        return engine.rss_bytes()


def pulled(engine, port, cameras):
    """Means of RSS, cached bytes and the memory they take."""
    await_metric(port, "gridwall_camera_live", cameras)
    time.sleep(SETTLE_S)
    samples = []
    for _ in range(SAMPLES):
        samples.append((engine.rss_bytes(), metric(port, "gridwall_hub_gop_bytes"),
                        metric(port, "gridwall_hub_gop_memory_bytes")))
        time.sleep(SAMPLE_S)
    return [statistics.mean(column) for column in zip(*samples)]


def always(bench, cameras, bare):
    with bench.farm(cameras, "--start-anywhere") as farm, \
            bench.engine(farm.await_port(), cameras, "always") as engine:
        port = engine.await_port()
        rss, cached, pages = pulled(engine, port, cameras)
        beyond = (rss - bare - cached) / cameras
        row(f"per pulled camera ({cameras}), with its cached GOP", (rss - bare) / cameras)
        row("- of these the cached GOP", cached / cameras)
        row("- of these the pages it lies in", pages / cameras)
        row("- beyond the cached GOP", beyond)
        row("- allowed: a tenth of it and 8 KB",
            cached / cameras * ALLOWED_SHARE + ALLOWED_BYTES)


def memory(bench):
    print("\nMemory of the engine (RSS)\n")
    print("| | bytes |")
    print("|---|---|")
    with bench.farm(1) as farm:
        farm_port = farm.await_port()
        bare = idle_rss(bench, farm_port, 1)
        row("one camera registered, nothing pulled", bare)
        row(f"per registered camera ({REGISTERED}), nothing pulled",
            (idle_rss(bench, farm_port, REGISTERED) - bare) / REGISTERED)
    for cameras in ALWAYS:
        always(bench, cameras, bare)
