#!/usr/bin/env python3
"""Runs the targets of a libFuzzer build, each for so many seconds of CPU time.

Of CPU time, because on a busy machine a wall clock would count seconds in which nothing
was tried. The corpus in the tree is read only; what a run adds stays in the build folder,
where the next run goes on from it. Exits with 1 after a finding; its row says which input
shows it.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

SOURCES = pathlib.Path(__file__).resolve().parent
SECONDS = 600  # of CPU time a target; GW_FUZZ_S overrides it
JOBS_MAX = 2
# A target that takes so much longer hangs in one input. libFuzzer's own -timeout goes by
# the wall clock and is no judge here.
HANGS_AFTER_S = 60
LOOK_S = 0.5
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """User and system time of a process that has not been waited for."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = stat.rpartition(")")[2].split()  # from the state on, the third one
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def await_end(pid: int, seconds: float) -> tuple[int, float]:
    """Returns the wait status and the CPU time. Ends what is still at work when its
    time is up; SIGABRT makes libFuzzer write down the input that hangs."""
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, usage.ru_utime + usage.ru_stime
        used = cpu_s(pid)
        if used >= seconds + HANGS_AFTER_S:
            os.kill(pid, signal.SIGABRT)
        elif used >= seconds:
            os.kill(pid, signal.SIGUSR1)  # "when this input is done"
        time.sleep(LOOK_S)


def fuzz(build: pathlib.Path, name: str, seconds: float) -> bool:
    """Runs one target and prints its row; True when it found nothing."""
    work = build / "fuzz" / name
    corpus, findings = work / "corpus", work / "findings"
    log = work / "log"
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    begin = time.time()
    with log.open("w", encoding="utf-8") as out:
        child = subprocess.Popen(
            [build / "tests/fuzz" / f"fuzz_{name}", f"-artifact_prefix={findings}/",
             "-print_final_stats=1", "-report_slow_units=3600",
             corpus, SOURCES / "corpus" / name],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    status, used = await_end(child.pid, seconds)
    child.returncode = os.waitstatus_to_exitcode(status)

    tried = re.findall(r"stat::number_of_executed_units:\s*(\d+)",
                       log.read_text(encoding="utf-8", errors="replace"))
    found = [f for f in findings.iterdir() if f.stat().st_mtime >= begin]
    passed = child.returncode == 0 and used >= seconds and not found
    said = "none" if passed else " ".join(str(f) for f in found) or f"see {log}"
    print(f"| {name} | {int(tried[-1]) if tried else 0:,} | {used:.0f} | {said} |", flush=True)
    return passed


def main() -> int:
    names = sorted(f.stem.removeprefix("fuzz_") for f in SOURCES.glob("fuzz_*.c"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help="built with -Dlibfuzzer=true")
    parser.add_argument("target", nargs="*", help="without one, all: " + " ".join(names))
    parser.add_argument("--jobs", type=int, default=min(JOBS_MAX, os.cpu_count() or 1))
    args = parser.parse_intermixed_args()
    if unknown := set(args.target) - set(names):
        parser.error("no such target: " + " ".join(sorted(unknown)))
    names = args.target or names
    seconds = float(os.environ.get("GW_FUZZ_S", SECONDS))

    print("| target | executions | CPU-s | findings |\n|---|---|---|---|", flush=True)
    with concurrent.futures.ThreadPoolExecutor(min(args.jobs, JOBS_MAX)) as pool:
        passed = sum(pool.map(lambda n: fuzz(args.build.resolve(), n, seconds), names))
    # As `meson test` says it, for ./check.
    print(f"\nOk: {passed}\nFail: {len(names) - passed}")
    return 0 if passed == len(names) else 1


if __name__ == "__main__":
    sys.exit(main())
