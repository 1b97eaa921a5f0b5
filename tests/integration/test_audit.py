#!/usr/bin/env python3
"""The audit log from the command line: what is in it, counted after by another program,
and what `gridwall audit verify` says of one that was altered. Argument: the engine's
program."""

import hashlib
import json
import os
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

ENGINE = sys.argv[1]
TEXTS = ("who", "address", "session", "action", "subject", "outcome", "details")


def gridwall(*args, status=0, stdin="", lang="C.UTF-8"):
    """Runs the program and returns what it wrote to standard output and error."""
    run = subprocess.run([ENGINE, *map(str, args)], input=stdin, capture_output=True, text=True,
                         env={**os.environ, "LC_ALL": lang}, timeout=60)
    assert run.returncode == status, (args, run.returncode, run.stdout, run.stderr)
    return run.stdout + run.stderr


def entries(data, *args):
    """The log as it is exported, oldest first."""
    lines = gridwall("audit", "list", "--data", data, "--format", "jsonl", *args).splitlines()
    return [(json.loads(line), line) for line in reversed(lines)]


def details_of(line):
    """The very bytes that were written down."""
    start = line.index('"details":') + len('"details":')
    end = line.index(',"hash":')
    return "" if line[start:end] == "null" else line[start:end]


def count_after(exported):
    """docs/audit.md says how; nothing of the engine's is used."""
    before = bytes(32)
    for number, (entry, line) in enumerate(exported, 1):
        assert entry["seq"] == number, entry
        form = b"GWA1" + before
        form += struct.pack(">QQQ", entry["seq"], entry["at_ms"], entry["change"])
        for name in TEXTS:
            text = (details_of(line) if name == "details" else entry[name]).encode()
            form += struct.pack(">I", len(text)) + text
        before = hashlib.sha256(form).digest()
        assert entry["hash"] == before.hex(), entry
    return before.hex()


def fill(data):
    gridwall("user", "add", "wang", "--data", data, "--role", "viewer", stdin="correct horse\n")
    gridwall("user", "disable", "wang", "--data", data)
    cameras = pathlib.Path(data) / "a.csv"
    cameras.write_text("id,name,url_main\n"
                       "C1,东门,rtsp://admin:s3cret-word@127.0.0.1/1\n"
                       "C2,West gate,rtsp://127.0.0.1/2\n", encoding="utf-8")
    gridwall("import", "--data", data, cameras)


def what_is_changed_is_in_the_log(data):
    exported = entries(data)
    actions = [(e["action"], e["subject"]) for e, _ in exported]
    for wanted in (("user_created", "wang"), ("user_changed", "wang"), ("camera_created", "C1"),
                   ("camera_created", "C2"), ("audit_read", "")):
        assert wanted in actions, (wanted, actions)
    cameras = pathlib.Path(data) / "a.csv"
    brought = next(e for e, _ in exported if e["action"] == "import")
    assert brought["subject"] == str(cameras), brought
    assert brought["details"] == {"sha256": hashlib.sha256(cameras.read_bytes()).hexdigest(), "read": 2,
                                  "added": 2, "changed": 0, "refused": 0}, brought
    by = {e["subject"]: e["who"] for e, _ in exported if e["action"].endswith("_created")}
    assert by["C1"].startswith("import: "), by
    assert by["wang"].startswith("command: "), by
    assert "s3cret-word" not in "".join(line for _, line in exported)
    assert len(entries(data, "--camera", "C1")) == 1
    assert entries(data, "--from", "2001-01-01", "--to", "2001-01-02") == []


def another_program_counts_the_same(data):
    end = count_after(entries(data))
    told = gridwall("audit", "verify", "--data", data)
    assert "The audit log is good" in told, told
    anchor = told.split("anchor: ")[1].strip()
    assert anchor.endswith(end), (anchor, end)
    gridwall("user", "enable", "wang", "--data", data)
    gridwall("audit", "verify", "--data", data, "--anchor", anchor)
    other = anchor[:-1] + ("0" if anchor[-1] != "0" else "1")
    told = gridwall("audit", "verify", "--data", data, "--anchor", other, status=1)
    assert "is not the one that the anchor was taken of" in told, told


def spreadsheets_get_it_without_formulas(data):
    sheet = gridwall("audit", "list", "--data", data, "--format", "csv")
    assert sheet.startswith("\ufeff\"seq\",\"at\""), sheet[:40]
    assert "camera_created" in sheet


def who_alters_it_is_told(data):
    cases = {
        "UPDATE audit SET who = 'user: nobody' WHERE seq = 2": ("entry 2 is not what", "第 2 条"),
        "DELETE FROM audit WHERE seq = 3": ("entry 3 is missing", "第 3 条缺失"),
        "DELETE FROM audit WHERE seq > 4": ("entry 5 and all behind it", "第 5 条及其后"),
        "UPDATE changes SET author = 'x' WHERE seq = 1": ("the change that entry 1 tells of",
                                                          "第 1 条所指的变更"),
    }
    for sql, (en, zh) in cases.items():
        copy = data + "-copy"
        shutil.copytree(data, copy)
        db = sqlite3.connect(copy + "/gridwall.db")
        for trigger in ("audit_stays", "audit_is_kept", "changes_stay"):
            db.execute(f"DROP TRIGGER {trigger}")
        assert db.execute(sql).rowcount > 0, sql
        db.commit()
        db.close()
        told = gridwall("audit", "verify", "--data", copy, status=1)
        assert "IS BROKEN" in told and en in told, (sql, told)
        told = gridwall("audit", "verify", "--data", copy, status=1, lang="zh_CN.UTF-8")
        assert "已损坏" in told and zh in told, (sql, told)
        shutil.rmtree(copy)


def without_the_key_nobody_vouches_for_the_end(data):
    copy = data + "-copy"
    shutil.copytree(data, copy)
    os.unlink(copy + "/audit.key")
    told = gridwall("audit", "verify", "--data", copy, status=1)
    assert "audit.key is missing" in told, told
    assert not os.path.exists(copy + "/audit.key")
    shutil.rmtree(copy)


def who_calls_it_wrongly_is_told(data):
    assert "usage: gridwall audit" in gridwall("audit", status=2)
    assert "usage: gridwall audit" in gridwall("audit", "--help")
    assert "is no anchor" in gridwall("audit", "verify", "--anchor", "1:ff", status=2)
    assert "text, csv or jsonl" in gridwall("audit", "list", "--format", "xml", status=2)
    assert "moments or days" in gridwall("audit", "list", "--from", "2026-02-30", status=2)
    assert "cursor is the text" in gridwall("audit", "list", "--cursor", "1-", status=2)
    assert "no option \"--age\"" in gridwall("audit", "list", "--age", "1", status=2)
    assert "no option" in gridwall("audit", "list", "--data", status=2)
    assert "one word too many" in gridwall("audit", "list", "all", status=2)
    nowhere = data + "-nowhere"
    assert "holds no registry" in gridwall("audit", "verify", "--data", nowhere, status=1)
    assert not os.path.exists(nowhere)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        data = scratch + "/data"
        os.mkdir(data, 0o700)
        fill(data)
        for case in (what_is_changed_is_in_the_log, another_program_counts_the_same,
                     spreadsheets_get_it_without_formulas, who_alters_it_is_told,
                     without_the_key_nobody_vouches_for_the_end, who_calls_it_wrongly_is_told):
            case(data)
            print("ok:", case.__name__)


if __name__ == "__main__":
    main()
