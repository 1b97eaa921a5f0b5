#!/usr/bin/python3
"""Lists by HTTP: previewed, looked at, read otherwise, written as previewed, or not at all.

usage: test_imports.py GRIDWALL GRIDWALL-TABLE
"""

import contextlib
import csv
import http.client
import io
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import openpyxl

GRIDWALL, READER = sys.argv[1:]
PATIENCE_S = 120  # only ever spent when something hangs
HEADER = "id,name,lon,lat,division,department,url_main\n"
GOOD = HEADER + ("c1,Gate,116.5,35.5,370812001,Police,rtsp://u:secret@192.0.2.1/1\n"
                 "c2,Yard,116.6,35.5,370812001,Police,rtsp://u:secret@192.0.2.1/2\n")


def square(west, size, **properties):
    ring = [[west, 35], [west + size, 35], [west + size, 36], [west, 36], [west, 35]]
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}]})


class ImportsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.stack = stack
        cls.home = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cls.data = cls.home / "data"
        cls.tokens = {name: cls.make_token(name, role, scope) for name, role, scope in (
            ("all", "integrator", "all"), ("other", "integrator", "all"), ("town", "integrator", "division=370812001"),
            ("chief", "administrator", ""), ("viewer", "viewer", "all"))}
        cls.start()

    @classmethod
    def make_token(cls, name, role, scope):
        words = ("--scope", scope) if scope else ()
        done = subprocess.run([GRIDWALL, "token", "create", name, "--role", role, *words, "--data", cls.data],
                              text=True, capture_output=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def setUp(self):
        """One engine for all: nothing is left of the test before."""
        for item in self.ask("GET", "imports", who="chief")[1]["items"]:
            self.ask("DELETE", f"imports/{item['id']}", who="chief")
        with contextlib.closing(sqlite3.connect(self.data / "gridwall.db")) as db, db:
            for table in ("cameras", "removed_cameras", "cells", "divisions"):
                db.execute(f"DELETE FROM {table}")

    @classmethod
    def start(cls):
        cls.log = open(cls.home / "log", "a")
        cls.stack.callback(cls.log.close)
        cls.engine = subprocess.Popen(
            [GRIDWALL, "serve", "--data", cls.data, "--listen", "127.0.0.1:0", "--api-rate", "0",
             "--reader", READER],
            stdout=subprocess.PIPE, stderr=cls.log, text=True)
        cls.stack.callback(cls.engine.wait, PATIENCE_S)
        cls.stack.callback(cls.engine.stdout.close)
        cls.stack.callback(cls.engine.terminate)
        cls.port = int(cls.engine.stdout.readline().rsplit(":", 1)[1])

    def ask(self, method, path, body=None, who="all", lang="en"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            data = json.dumps(body).encode() if isinstance(body, dict) else body
            connection.request(method, "/api/v1/" + path, data, {
                "Authorization": "Bearer " + self.tokens[who], "Accept-Language": lang})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if "json" in answer.headers.get_content_type() else text

    def send(self, text, who="all", name="cameras.csv", query=""):
        data = text if isinstance(text, bytes) else text.encode()
        status, made = self.ask("POST", f"imports?name={name}{query}", data, who)
        self.assertEqual(status, 201, made)
        return self.read(made["id"], who)

    def read(self, number, who="all"):
        """It, once it has been read. Asking is what there is to wait with; the engine is busy meanwhile."""
        while True:
            status, item = self.ask("GET", f"imports/{number}", who=who)
            self.assertEqual(status, 200, item)
            if item["state"] not in ("waiting", "reading"):
                return item

    def rows(self, item, kind, who="all"):
        status, page = self.ask("GET", f"imports/{item['id']}/report?kind={kind}", who=who)
        self.assertEqual(status, 200, page)
        return page["items"]

    def apply(self, item, who="all"):
        return self.ask("POST", f"imports/{item['id']}/apply", b"", who)

    def stored(self):
        with contextlib.closing(sqlite3.connect(self.data / "gridwall.db")) as db:
            return dict(db.execute("SELECT id, name FROM cameras"))

    def lists_kept(self):
        return sorted(p.suffix for p in (self.data / "imports").iterdir())

    def test_a_preview_tells_what_would_change_and_writes_nothing(self):
        item = self.send(GOOD + "c3,Hall,east,35.5,,Police,\nc4,Roof,,,,Police,\n")
        self.assertEqual((item["state"], item["problem"], item["name"]), ("ready", None, "cameras.csv"))
        report = item["report"]
        self.assertEqual([report[k] for k in ("read", "new", "changed", "same", "gone", "refused")], [4, 3, 0, 0, 0, 1])
        self.assertEqual(self.stored(), {})
        refused = self.rows(item, "refused")
        self.assertEqual([(r["row"], r["column"], r["value"], r["done"]) for r in refused],
                         [(4, "lon", "east", "left out")])
        self.assertEqual([r["camera"] for r in self.rows(item, "new")], ["c1", "c2", "c4"])
        self.assertEqual([r["camera"] for r in self.rows(item, "new,refused")], ["c1", "c2", "", "c4"])
        status, zh = self.ask("GET", f"imports/{item['id']}/report?kind=refused", lang="zh")
        self.assertIn("度数", zh["items"][0]["what"])

    def test_what_was_previewed_is_what_is_written(self):
        item = self.send(GOOD)
        status, done = self.apply(item)
        self.assertEqual((status, done["state"]), (200, "applied"), done)
        self.assertEqual(self.stored(), {"c1": "Gate", "c2": "Yard"})
        again = self.send(GOOD)
        self.assertEqual([again["report"][k] for k in ("new", "changed", "same")], [0, 0, 2])
        with contextlib.closing(sqlite3.connect(self.data / "gridwall.db")) as db:
            self.assertEqual(db.execute("SELECT author FROM changes WHERE id = 'c1' ORDER BY seq DESC").fetchone(),
                             ("token: all, import: cameras.csv",))
        status, body = self.apply(item)
        self.assertEqual((status, body["code"]), (409, "was_written"))

    def test_a_registry_that_changed_since_is_looked_at_anew(self):
        self.apply(self.send(GOOD))
        item = self.send(GOOD.replace("Yard", "Court"))
        self.assertEqual(self.ask("PATCH", "cameras/c2", {"name": "Pond"})[0], 200)
        status, body = self.apply(item)
        self.assertEqual((status, body["code"]), (409, "has_changed"), body)
        self.assertEqual(self.stored()["c2"], "Pond")
        item = self.read(item["id"])
        self.assertEqual([(r["before"], r["value"]) for r in self.rows(item, "changed")], [("Pond", "Court")])
        self.assertEqual(self.apply(item)[0], 200)
        self.assertEqual(self.stored()["c2"], "Court")

    def test_an_address_that_is_not_shown_counts_as_a_change_all_the_same(self):
        self.apply(self.send(GOOD))
        item = self.send(GOOD.replace("192.0.2.1/2", "192.0.2.9/2"))
        self.ask("PATCH", "cameras/c2", {"streams": {"main": {"url": "rtsp://u:secret@192.0.2.7/2"}}})
        self.assertEqual(self.apply(item)[1]["code"], "has_changed")

    def test_what_does_not_matter_to_the_list_may_change(self):
        self.apply(self.send(GOOD))
        item = self.send(GOOD.replace("Yard", "Court"))
        self.ask("POST", "cameras", {"id": "x", "streams": {"main": {"url": "rtsp://192.0.2.1/"}}})
        self.assertEqual(self.apply(item)[0], 200)

    def test_columns_that_nobody_knows_can_be_named(self):
        item = self.send("No.,Title,Lon,Lat,Hint\nc1,Gate,116.5,35.5,x\n")
        self.assertEqual(item["state"], "failed")
        self.assertIn("cameras.csv", item["problem"])
        self.assertNotIn(str(self.data), item["problem"])
        self.assertEqual([(c["name"], c["means"]) for c in item["columns"]],
                         [("No.", None), ("Title", None), ("Lon", "lon"), ("Lat", "lat"), ("Hint", None)])
        status, _ = self.ask("PATCH", f"imports/{item['id']}",
                             {"columns": {"No.": "id", "Title": "name", "Hint": "ignore"}})
        self.assertEqual(status, 200)
        item = self.read(item["id"])
        self.assertEqual([c["means"] for c in item["columns"]], ["id", "name", "lon", "lat", "ignore"])
        self.assertEqual(self.rows(item, "new")[0]["value"], "Gate")
        for columns in ({"No.": "nonsense"}, {"No.": 5}, {"a\nb": "id"}, {"No.": "id\nname = Title"}, {"": "id"}):
            status, body = self.ask("PATCH", f"imports/{item['id']}", {"columns": columns})
            self.assertEqual((status, body["code"]), (422, "bad_option"), columns)

    def test_coordinates_are_read_as_is_said(self):
        item = self.send(GOOD)
        self.apply(item)
        item = self.send(GOOD)
        self.ask("PATCH", f"imports/{item['id']}", {"coordinates": "gcj02"})
        item = self.read(item["id"])
        self.assertEqual(item["report"]["changed"], 2)
        self.assertEqual({r["column"] for r in self.rows(item, "changed")}, {"lon", "lat"})

    def test_a_list_of_other_degrees_is_suspected(self):
        area = square(116.0, 1.0, code="370812001001001", name="g", level=3, division="370812001001")
        self.apply(self.send(area, name="cells.geojson"))
        rows = "".join(f"n{i},N,{117.003 + i / 1e5:.5f},35.5,370812001001,Police,\n" for i in range(30))
        self.assertEqual(self.send(HEADER + rows)["report"]["suspected"], "gcj02")

    def test_all_or_nothing_writes_nothing_where_a_row_is_refused(self):
        item = self.send(GOOD + "c3,Hall,east,35.5,,Police,\n", query="&all_or_nothing=true")
        status, body = self.apply(item)
        self.assertEqual((status, body["code"]), (409, "not_ready"))
        self.ask("PATCH", f"imports/{item['id']}", {"all_or_nothing": False})
        self.assertEqual(self.apply(self.read(item["id"]))[0], 200)
        self.assertEqual(len(self.stored()), 2)

    def test_gone_cameras_are_removed_where_that_is_asked_and_no_row_was_refused(self):
        self.apply(self.send(GOOD))
        one = GOOD.rsplit("c2", 1)[0]
        kept = self.send(one)
        self.assertEqual(self.rows(kept, "gone")[0]["done"], "stays in the registry")
        self.apply(kept)
        self.assertEqual(len(self.stored()), 2)
        refused = self.send(one + "c9,Hall,east,35.5,,Police,\n", query="&remove_gone=true")
        self.assertIn("no camera is removed", self.rows(refused, "note")[-1]["what"])
        self.assertEqual(self.apply(refused)[0], 200)
        self.assertEqual(len(self.stored()), 2)
        self.assertEqual(self.apply(self.send(one, query="&remove_gone=true"))[0], 200)
        self.assertEqual(self.stored(), {"c1": "Gate"})
        self.assertEqual(self.ask("POST", "cameras/c2/restore", b"")[0], 200)

    def test_nobody_imports_beyond_what_they_see(self):
        self.apply(self.send(GOOD + "far,Far,116.7,35.5,370812002,Police,rtsp://192.0.2.1/3\n"))
        mine = GOOD.replace("Yard", "Court").replace("c1,", "new,")
        item = self.send(mine + "far,Taken,116.7,35.5,370812001,Police,\nout,Out,,,370812002,Police,\n",
                         who="town", query="&remove_gone=true")
        self.assertEqual([(r["row"], r["value"]) for r in self.rows(item, "refused", "town")], [(4, "far"), (5, "out")])
        self.assertEqual([r["camera"] for r in self.rows(item, "gone", "town")], ["c1"])
        self.assertEqual(self.apply(item, "town")[0], 200)
        self.assertEqual(self.stored(), {"c1": "Gate", "new": "Gate", "c2": "Court", "far": "Far"})
        area = square(116.0, 1.0, code="370812", name="D", level=1)
        item = self.send(area, who="town", name="d.geojson")
        self.assertEqual(item["state"], "failed")
        self.assertIn("whole", item["problem"])

    def test_an_import_is_its_owners_and_the_administrators(self):
        item = self.send(GOOD)
        for who, found in (("all", 200), ("chief", 200), ("other", 404), ("town", 404), ("viewer", 403)):
            with self.subTest(who=who):
                self.assertEqual(self.ask("GET", f"imports/{item['id']}", who=who)[0], found)
                self.assertEqual(self.ask("GET", f"imports/{item['id']}/report", who=who)[0], found)
                status, listed = self.ask("GET", "imports", who=who)
                if found != 403:
                    self.assertEqual(len(listed["items"]), found == 200)
                if found != 200:
                    for method, path, body in (("PATCH", "", {}), ("POST", "/apply", b""), ("DELETE", "", None)):
                        self.assertEqual(self.ask(method, f"imports/{item['id']}{path}", body, who)[0], found)
        self.assertEqual(self.ask("POST", "imports", GOOD.encode(), "viewer")[0], 403)

    def test_a_foreign_file_goes_the_same_way(self):
        path = self.home / "list.xlsx"
        book = openpyxl.Workbook()
        for row in (("设备编码", "设备名称"), ("x1", "门口")):
            book.active.append(row)
        book.save(path)
        item = self.send(path.read_bytes(), name="list.xlsx")
        self.assertEqual([r["value"] for r in self.rows(item, "new")], ["门口"])
        self.assertEqual(self.apply(item)[0], 200)
        broken = self.send(path.read_bytes()[:200], name="list.xlsx")
        self.assertEqual(broken["state"], "failed")

    def test_lists_are_kept_for_the_engine_alone_and_removed(self):
        item = self.send(GOOD)
        kept = [p for p in (self.data / "imports").iterdir()]
        self.assertEqual([p.stat().st_mode & 0o777 for p in kept], [0o600])
        self.apply(item)
        self.assertEqual(self.lists_kept(), [])
        item = self.send(GOOD)
        self.assertEqual(self.ask("DELETE", f"imports/{item['id']}")[0], 204)
        self.assertEqual(self.ask("GET", f"imports/{item['id']}")[0], 404)
        self.send(GOOD)
        os.kill(self.engine.pid, signal.SIGKILL)
        self.engine.wait(PATIENCE_S)
        self.start()
        self.assertEqual(self.lists_kept(), [])

    def test_bounds(self):
        for _ in range(8):
            self.send(GOOD)
        status, body = self.ask("POST", "imports", GOOD.encode())
        self.assertEqual((status, body["code"]), (503, "too_many_imports"))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.putrequest("POST", "/api/v1/imports")
            connection.putheader("Authorization", "Bearer " + self.tokens["all"])
            connection.putheader("Content-Length", str(256 * 1024 * 1024 + 1))
            connection.endheaders()
            self.assertEqual(connection.getresponse().status, 413)

    def test_a_list_larger_than_other_bodies_is_taken(self):
        rows = "".join(f"b{i},{'N' * 200},,,,Big,\n" for i in range(6000))
        item = self.send(HEADER + rows)
        self.assertGreater(item["bytes"], 1024 * 1024)
        self.assertEqual(item["report"]["new"], 6000)
        _, page = self.ask("GET", f"imports/{item['id']}/report?kind=new&limit=1000&cursor=11000")
        self.assertEqual((len(page["items"]), page["total"], "cursor" in page), (500, 6000, False))
        _, page = self.ask("GET", f"imports/{item['id']}/report?kind=new&limit=2")
        self.assertEqual([r["camera"] for r in page["items"]], ["b0", "b1"])
        _, page = self.ask("GET", f"imports/{item['id']}/report?kind=new&limit=1&cursor={page['cursor']}")
        self.assertEqual([r["camera"] for r in page["items"]], ["b2"])
        _, text = self.ask("GET", f"imports/{item['id']}/report?format=csv&kind=new")
        table = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
        self.assertEqual(len(table), 6001)
        self.assertEqual(table[1][:2], ["cameras.csv", "2"])

    def test_no_secret_leaves_it(self):
        item = self.send(GOOD + "c3,Hall,,,,Police,http://u:secret@x:y/\n")
        self.apply(item)
        texts = [json.dumps(self.ask("GET", f"imports/{item['id']}")[1]),
                 json.dumps(self.ask("GET", f"imports/{item['id']}/report")[1]),
                 self.ask("GET", f"imports/{item['id']}/report?format=csv")[1].decode(),
                 (self.home / "log").read_text()]
        for text in texts:
            self.assertNotIn("secret", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
