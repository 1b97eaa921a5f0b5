#!/usr/bin/env python3
"""Every header compiles alone: it includes what it uses.

Arguments: the source root, --without=FOLDER where what its headers need is not there, then
the compiler with its flags.
"""

import pathlib
import subprocess
import sys

FOLDERS = ("base", "ingest", "mux", "ws", "map", "app", "tests")


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    absent = [a.removeprefix("--without=") for a in sys.argv[2:] if a.startswith("--without=")]
    flags = [a for a in sys.argv[2:] if not a.startswith("--without=")]
    compiler = [*flags, f"-I{root}", "-fsyntax-only", "-x", "c", "-"]
    headers = [
        header.relative_to(root).as_posix()
        for folder in FOLDERS
        for header in sorted((root / folder).rglob("*.h"))
        if "node_modules" not in header.parts
        and header.parent.relative_to(root).as_posix() not in absent
    ]
    failed = 0
    for header in headers:
        # Twice: a guard that is missing or misspelt shows.
        text = f'#include "{header}"\n' * 2
        run = subprocess.run(compiler, input=text, text=True, capture_output=True)
        if run.returncode:
            failed += 1
            print(header, run.stderr, sep="\n")
    print(f"{len(headers)} headers, {failed} do not compile alone")
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
