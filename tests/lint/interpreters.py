#!/usr/bin/env python3
"""Text from outside meets no interpreter: no shell in the engine, no HTML parser and no
evaluation of strings in the pages. A camera's name, address or last words stay text."""

import pathlib
import re
import sys

ENGINE = ("base", "ingest", "mux", "ws", "map", "app")

# A worker is started by its path and an argument vector, its address comes on standard
# input (ingest/worker_process.c): nothing is ever put together into a command line.
SHELL = re.compile(r"\b(system|popen|wordexp|exec[lv]p?e?|posix_spawnp)\s*\(|\"/bin/sh\"")

# The pages set textContent and attributes; what parses a string as markup or code is here.
MARKUP = re.compile(
    r"\b(innerHTML|dangerouslySetInnerHTML|outerHTML|insertAdjacentHTML|setHTML|"
    r"setHTMLUnsafe|srcdoc|createContextualFragment|DOMParser|eval)\b|\bdocument\.write|\bnew Function\b"
    r"|\bset(Timeout|Interval)\(\s*[\"'`]|[\"'`]javascript:"
)


def sources(root: pathlib.Path):
    """Each file that is looked at, with what it may not hold."""
    for folder in ENGINE:
        for path in (root / folder).rglob("*.[ch]"):
            if "node_modules" not in path.parts:
                yield path, SHELL
    for path in (root / "map" / "wall" / "src").rglob("*.ts*"):
        yield path, MARKUP
    yield root / "map" / "wall" / "index.html", MARKUP


def problems(root: pathlib.Path):
    for path, forbidden in sorted(sources(root), key=lambda found: found[0]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            hit = forbidden.search(line)
            if hit:
                name = path.relative_to(root).as_posix()
                yield f"{name}:{number}: {hit.group(0)!r} interprets text"


def main() -> int:
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "interpreters: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
