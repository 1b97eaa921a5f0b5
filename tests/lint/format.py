#!/usr/bin/env python3
"""C sources look as .clang-format says. Arguments: the source root, clang-format."""

import pathlib
import subprocess
import sys

FOLDERS = ("base", "ingest", "mux", "ws", "map", "app", "tests")


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    files = [
        str(f)
        for folder in FOLDERS
        for f in sorted((root / folder).rglob("*.[ch]"))
        if "node_modules" not in f.parts
    ]
    run = subprocess.run([sys.argv[2], "--dry-run", "--Werror", *files], cwd=root)
    print(f"{len(files)} files looked at; mend with: {sys.argv[2]} -i FILE")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
