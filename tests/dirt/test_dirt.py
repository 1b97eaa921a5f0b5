#!/usr/bin/python3
"""Each kind of dirt, with several seeds: what the report says is what dirt.py says, neither
more nor less; good rows are in the registry, bad ones are not; and to import again changes
nothing.

usage: test_dirt.py GRIDWALL [TEST]
"""

import csv
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import dirt

GRIDWALL = sys.argv[1]
ROWS, SEEDS = 40, 3


def opened(data, num, sealed):
    """A main stream's address as map/seal.h keeps it: version, key's id, nonce, text and tag."""
    key = re.search(r"^key ([0-9a-f]{64})$", (data / "gridwall.key").read_text(), re.MULTILINE)[1]
    place = sealed[:1] + num.to_bytes(4, "big") + b"\0"
    return AESGCM(bytes.fromhex(key)).decrypt(sealed[5:17], sealed[17:], place).decode()


class Dirt(unittest.TestCase):
    def run_import(self, folder, file):
        report = folder / "report.csv"
        done = subprocess.run([GRIDWALL, "import", "--data", folder / "data", "--report", report, file],
                              capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C.UTF-8"})
        counts = re.search(r"(\d+) read, (\d+) new, (\d+) changed, (\d+) unchanged, (\d+) refused", done.stdout)
        self.assertIsNotNone(counts, done.stdout + done.stderr)
        with report.open(encoding="utf-8-sig", newline="") as lines:
            said = [line for line in csv.reader(lines) if line[4] in ("note", "error")]
        return done, [int(n) for n in counts.groups()], said

    def expect_said(self, lst, lines):
        """Each line of the report is expected, and each that is expected is there."""
        left = list(lst.said)
        for _, row, column, value, severity, what, _ in lines:
            if what.startswith("this division is not known"):
                continue  # no divisions were imported
            match = [s for s in left if s.row in (0, int(row or 0)) and s.column == column
                     and s.severity == severity and s.words in what + " " + value]
            self.assertTrue(match, f"not expected: {row} {column} {value} {severity} {what}")
            left.remove(match[0])
        self.assertEqual(left, [])

    def try_kind(self, kind, seed, folder):
        lst = dirt.make(kind, seed, ROWS)
        file = folder / "list.csv"
        file.write_bytes(dirt.to_csv(lst))
        done, (read, new, changed, same, refused), said = self.run_import(folder, file)
        self.expect_said(lst, said)
        good = ROWS - lst.refused
        self.assertEqual((read, new, changed, same, refused), (ROWS, good, 0, 0, lst.refused))
        self.assertEqual(done.returncode, 1 if lst.refused else 0)
        with sqlite3.connect(folder / "data" / "gridwall.db") as db:
            self.assertEqual(db.execute("SELECT count(*) FROM cameras").fetchone(), (good,))
        for text in (done.stdout, done.stderr, str(said)):
            self.assertNotIn("secret", text)
            self.assertNotIn("p@ss", text)
        _, counts, _ = self.run_import(folder, file)
        self.assertEqual(counts, [ROWS, 0, 0, good, lst.refused])

    def test_each_kind_is_told_as_it_is(self):
        for kind in dirt.KINDS:
            for seed in range(SEEDS):
                with self.subTest(kind, seed=seed), tempfile.TemporaryDirectory() as folder:
                    self.try_kind(kind, seed, pathlib.Path(folder))

    def test_a_seed_gives_one_list(self):
        for kind in dirt.KINDS:
            self.assertEqual(dirt.to_csv(dirt.make(kind, 7, 20)), dirt.to_csv(dirt.make(kind, 7, 20)))
        self.assertNotEqual(dirt.to_csv(dirt.make("clean", 1, 20)), dirt.to_csv(dirt.make("clean", 2, 20)))

    def test_a_hard_password_comes_through(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.try_kind("device_with_hard_password", 1, folder)
            with sqlite3.connect(folder / "data" / "gridwall.db") as db:
                num, sealed = db.execute("SELECT num, url_main FROM cameras WHERE vendor <> ''").fetchone()
            url = opened(folder / "data", num, sealed)
        self.assertIn("viewer:p%40ss%231%25%2F%3A%3F%22x@10.", url)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
