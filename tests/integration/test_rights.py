#!/usr/bin/python3
"""Who may see what, asked of the running engine: each role and scope against each address,
socket and live picture, the allowed and the forbidden; and signing in, with what goes wrong.

usage: test_rights.py GRIDWALL
"""

import base64
import contextlib
import http.client
import itertools
import json
import math
import os
import pathlib
import re
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

GRIDWALL = sys.argv[1]
PATIENCE_S = 120  # only ever spent when something hangs
PASSWORD = "correct horse"

# id, division, department, tags, cell, lon
CAMERAS = (
    ("a1", "370812001001", "Police", "school", "370812001001001", 116.81),
    ("a2", "370812001002", "Health", "", "", 116.82),
    ("b1", "370812002001", "Police", "", "", 116.83),
    ("b2", "370812002001", "Health", "school", "", 116.84),
    ("none", "", "", "", "", 116.85),
)
EVERY = [c[0] for c in CAMERAS]
SCOPES = {
    "all": (("all",), EVERY),
    "district": (("division=370812",), ["a1", "a2", "b1", "b2"]),
    "town": (("division=370812001",), ["a1", "a2"]),
    "village": (("division=370812001001",), ["a1"]),
    "villages": (("division=370812001002", "division=370812002001"), ["a2", "b1", "b2"]),
    "department": (("department=Police",), ["a1", "b1"]),
    "tag": (("tag=school",), ["a1", "b2"]),
    "cell": (("cell=370812001001",), ["a1"]),
    "both": (("division=370812002", "department=Health"), ["b2"]),
    "elsewhere": (("division=370813",), []),
    "nothing": ((), []),
}
# see, watch, edit, oversee: as docs/data-model.md has it
ROLES = {
    "administrator": "swed",
    "integrator": "swed",
    "dispatcher": "swd",
    "operator": "sw",
    "viewer": "sw",
    "wall_screen": "sw",
}


def square(west, south, size, **properties):
    ring = [[west, south], [west + size, south], [west + size, south + size],
            [west, south + size], [west, south]]
    return {"type": "Feature", "properties": properties,
            "geometry": {"type": "Polygon", "coordinates": [ring]}}


def fields(data):
    """A protocol buffer's fields: numbers, and those with a length as bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if data[at - 1] < 128:
                return value
    while at < len(data):
        key = varint()
        length = {0: 0, 1: 8}.get(key & 7)
        if length == 0:
            yield key >> 3, varint()
            continue
        length = varint() if length is None else length
        yield key >> 3, data[at:at + length]
        at += length


def said(tile, layer_name, key):
    """What a key says in each feature of a layer of a vector tile."""
    for layer in (list(fields(layer)) for _, layer in fields(tile)):
        name, = (v for f, v in layer if f == 1)
        keys = [v.decode() for f, v in layer if f == 3]
        values = [next(fields(v))[1] for f, v in layer if f == 4]
        for feature in (dict(fields(v)) for f, v in layer if f == 2 and name.decode() == layer_name):
            tags = list(feature[2])  # all of them below 128
            yield next(values[v] for k, v in zip(tags[::2], tags[1::2]) if keys[k] == key)


def tile_at(lon, lat, z):
    x = (lon / 360 + 0.5) * 2 ** z
    y = (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * 2 ** z
    return f"{z}/{int(x)}/{int(y)}.mvt"


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features})


class Socket:
    """A WebSocket, as far as a wall's control messages need one."""

    def __init__(self, port, path, headers, protocol="gridwall.v1"):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: Upgrade",
                 "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        if protocol:
            lines.append(f"Sec-WebSocket-Protocol: {protocol}")
        lines += [f"{k}: {v}" for k, v in headers.items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, **message):
        data = json.dumps(message).encode()
        assert len(data) < 65536
        head = bytes([0x81]) + (bytes([0x80 | len(data)]) if len(data) < 126
                                else bytes([0x80 | 126]) + struct.pack("!H", len(data)))
        self.socket.sendall(head + bytes(4) + data)

    def frame(self):
        """Opcode and payload; None when the connection has ended."""
        head = self.file.read(2)
        if len(head) < 2:
            return None
        length = head[1] & 127
        if length == 126:
            length = struct.unpack("!H", self.file.read(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self.file.read(8))[0]
        return head[0] & 15, self.file.read(length)

    def hear(self, *types):
        """The next message of one of these types."""
        while True:
            opcode, data = self.frame()
            assert opcode != 8, f"closed with {struct.unpack('!H', data[:2])[0]}"
            message = json.loads(data) if opcode == 1 else {}
            if message.get("type") in types:
                return message

    def open(self, camera, ref=1, profile="main"):
        self.send(type="open", ref=ref, camera=camera, profile=profile, form="avcc")
        return self.hear("opened", "error")

    def closed_with(self):
        while True:
            frame = self.frame()
            if frame is None:
                return None
            if frame[0] == 8:
                return struct.unpack("!H", frame[1][:2])[0]


class Engine:
    def __init__(self, stack):
        self.home = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.data = self.home / "data"

    def run(self, *words, text="", status=0):
        done = subprocess.run([GRIDWALL, *words[:2], *words[2:], "--data", self.data], input=text,
                              text=True, capture_output=True, timeout=PATIENCE_S)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done.stdout.strip()

    def start(self, stack, *options):
        with open(self.home / "log", "a") as log:
            engine = subprocess.Popen(
                [GRIDWALL, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--api-rate", "0", *options],
                stdout=subprocess.PIPE, stderr=log, text=True)
        stack.callback(engine.wait, PATIENCE_S)
        stack.callback(engine.stdout.close)
        stack.callback(engine.terminate)
        self.stdout = engine.stdout
        self.process = engine
        self.port = int(engine.stdout.readline().rsplit(":", 1)[1])
        self.origin = f"http://127.0.0.1:{self.port}"

    def log(self):
        return (self.home / "log").read_text()

    def ask(self, method, path, body=None, headers=None):
        """Status, headers and body. A JSON body comes as what it says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            data = json.dumps(body) if isinstance(body, dict) else body
            connection.request(method, path, data, headers or {})
            answer = connection.getresponse()
            live = answer.headers.get_content_type().startswith("video/")
            text = b"" if live else answer.read()
            if "json" in answer.headers.get_content_type():
                text = json.loads(text)
            return answer.status, answer.headers, text

    def sign_in(self, name, password, **headers):
        status, got, body = self.ask("POST", "/api/v1/session",
                                     {"name": name, "password": password}, headers)
        return status, got, body

    def cookie(self, name, password=PASSWORD):
        status, headers, body = self.sign_in(name, password)
        assert status == 204, body
        return headers["Set-Cookie"].split(";")[0]


class MatrixTest(unittest.TestCase):
    """Every role and scope, as a token, against everything there is to ask."""

    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.engine = e = Engine(stack)
        (e.home / "divisions.geojson").write_text(collection(
            square(116.7, 35.4, 0.5, code="370812", name="District", level=1, parent=""),
            *(square(116.7, 35.4, 0.2, code=c, name=c, level=2, parent="370812")
              for c in ("370812001", "370812002")),
            *(square(116.7, 35.4, 0.1, code=c, name=c, level=3, parent=c[:9])
              for c in ("370812001001", "370812001002", "370812002001"))))
        (e.home / "cells.geojson").write_text(collection(
            square(116.0, 35.0, 0.1, code="370812001", name="s", level=1, parent="",
                   division="370812001"),
            square(116.0, 35.0, 0.1, code="370812001001", name="c", level=2, parent="370812001",
                   division="370812001001"),
            square(116.0, 35.0, 0.1, code="370812001001001", name="g", level=3,
                   parent="370812001001", division="370812001001"),
            square(116.2, 35.0, 0.1, code="370812002001001", name="h", level=3, parent="",
                   division="370812002001")))
        rows = ["id,name,lon,lat,division,department,tags,cell,url_main,url_sub"]
        rows += [f"{i},{i},{lon},35.5,{division},{dep},{tags},{cell},rtsp://127.0.0.1:9/{i},"
                 for i, division, dep, tags, cell, lon in CAMERAS]
        (e.home / "cameras.csv").write_text("\n".join(rows) + "\n")
        e.run("import", *(e.home / f for f in ("divisions.geojson", "cells.geojson", "cameras.csv")))
        cls.tokens = {}
        for role, (scope, (lines, _)) in itertools.product(ROLES, SCOPES.items()):
            words = itertools.chain.from_iterable(("--scope", line) for line in lines)
            cls.tokens[role, scope] = e.run("token", "create", f"{role}-{scope}", "--role", role, *words)
        e.start(stack)
        for i, division, department, _, cell, lon in CAMERAS:
            status, _, body = e.ask("POST", "/api/v1/places", {
                "id": i, "name": f"place {i}", "lon": lon, "lat": 35.5, "division": division,
                "department": department, "cell": cell, "kind": "school"},
                {"Authorization": f"Bearer {cls.tokens['administrator', 'all']}"})
            assert status == 201, body

    def guests(self):
        for (role, scope), token in self.tokens.items():
            seen = EVERY if role == "administrator" else SCOPES[scope][1]
            with self.subTest(role=role, scope=scope):
                yield ROLES[role], seen, {"Authorization": f"Bearer {token}"}

    def get(self, path, guest):
        status, _, body = self.engine.ask("GET", path, headers=guest)
        return status, body

    def ids(self, path, guest):
        status, body = self.get(path, guest)
        self.assertEqual(status, 200, body)
        return [item["id"] for item in body["items"]]

    def test_lists_and_searches_have_what_is_seen(self):
        everywhere = urllib.parse.quote("116.0,35.0,117.0,35.0,117.0,36.0,116.0,36.0")
        for _, seen, guest in self.guests():
            for query in ("", "?bbox=116,35,117,36", "?record=true", "?polygon=" + everywhere,
                          "?corridor=116.8,35.5,116.9,35.5&width_m=1000"):
                self.assertEqual(self.ids("/api/v1/cameras" + query, guest), seen, query)
            for state in ("unknown", "connecting", "offline"):
                self.assertLessEqual(set(self.ids(f"/api/v1/cameras?status={state}", guest)), set(seen))
            self.assertEqual(self.ids("/api/v1/cameras?near=116.9,35.5", guest), seen[::-1])
            self.assertEqual(self.ids("/api/v1/cameras?near=116.9,35.5&radius_m=99999", guest), seen[::-1])
            for i, division, department, tags, _, _ in CAMERAS:
                found = [i] if i in seen else []
                self.assertEqual(self.ids(f"/api/v1/cameras?q={i}", guest), found)
            for key, value, column in (("division", "370812002", 1), ("department", "Police", 2), ("tag", "school", 3)):
                wanted = [c[0] for c in CAMERAS if c[0] in seen and
                          (c[column].startswith(value) if column == 1 else c[column] == value)]
                self.assertEqual(self.ids(f"/api/v1/cameras?{key}={value}", guest), wanted)
            self.assertLessEqual(set(self.ids("/api/v1/cameras?sees=116.81,35.5", guest)), set(seen))

    def test_pages_are_whole(self):
        """No page is short for what was left out of it, and none says more than there is."""
        for _, seen, guest in self.guests():
            found, cursor = [], ""
            while True:
                status, body = self.get(f"/api/v1/cameras?limit=1{cursor}", guest)
                self.assertEqual(status, 200)
                found += [item["id"] for item in body["items"]]
                if not body.get("cursor"):
                    break
                self.assertEqual(len(body["items"]), 1)
                cursor = "&cursor=" + body["cursor"]
            self.assertEqual(found, seen)

    def test_counts_count_what_is_seen(self):
        for _, seen, guest in self.guests():
            mine = [c for c in CAMERAS if c[0] in seen]
            _, district = self.get("/api/v1/district", guest)
            self.assertEqual(district["cameras"]["total"], len(seen))
            if mine:
                self.assertEqual(district["bounds"][::2], [mine[0][5], mine[-1][5]])
            else:
                self.assertIsNone(district["bounds"])
            _, divisions = self.get("/api/v1/divisions?geometry=true", guest)
            for item in divisions["items"]:
                self.assertEqual(item["cameras"]["total"],
                                 sum(c[1].startswith(item["code"]) for c in mine), item["code"])
            _, departments = self.get("/api/v1/departments", guest)
            self.assertEqual({d["name"]: d["cameras"]["total"] for d in departments["items"]},
                             {d: sum(c[2] == d for c in mine) for d in {c[2] for c in mine} - {""}})
            _, norms = self.get("/api/v1/norms?by=camera", guest)
            self.assertEqual([i["code"] for i in norms["items"]], seen)
            _, cells = self.get("/api/v1/cells", guest)
            for item in cells["items"]:
                self.assertEqual(item["cameras"]["total"],
                                 sum(c[4].startswith(item["code"]) for c in mine), item["code"])
            _, on_map = self.get("/api/v1/map/cameras", guest)
            self.assertEqual([f["properties"]["id"] for f in on_map["features"]], seen)

    def test_tiles_hold_what_is_seen(self):
        for _, seen, guest in self.guests():
            status, tile = self.get("/api/v1/tiles/cameras/0/0/0.mvt", guest)
            self.assertEqual(status, 200 if seen else 204)
            if len(seen) > 1:
                self.assertEqual(list(said(tile, "clusters", "cameras")), [len(seen)])
            for i, _, _, _, _, lon in CAMERAS:
                status, tile = self.get("/api/v1/tiles/cameras/" + tile_at(lon, 35.5, 17), guest)
                self.assertEqual(status, 200 if i in seen else 204)
                self.assertEqual(list(said(tile, "cameras", "id")), [i.encode()] if i in seen else [])
            for name in ("cameras", "cells", "divisions"):
                self.assertEqual(self.get(f"/api/v1/tiles/{name}.json", guest)[0], 200)

    def test_no_one_is_told_that_he_has_what_another_was_given(self):
        path = "/api/v1/tiles/cameras/0/0/0.mvt"
        boss, clerk = ({"Authorization": f"Bearer {self.tokens['viewer', scope]}"} for scope in ("all", "town"))
        _, headers, tile = self.engine.ask("GET", path, headers=boss)
        status, _, other = self.engine.ask("GET", path, headers={**clerk, "If-None-Match": headers["ETag"]})
        self.assertEqual(status, 200)
        self.assertNotEqual(tile, other)

    def test_places_are_ones_own_or_hold_what_is_seen(self):
        wanted = {
            "town": (["370812", "370812001", "370812001001", "370812001002"],
                     ["370812001", "370812001001", "370812001001001"]),
            "tag": (["370812", "370812001", "370812001001", "370812002", "370812002001"],
                    ["370812001", "370812001001", "370812001001001"]),
            "cell": (["370812", "370812001", "370812001001"],
                     ["370812001", "370812001001", "370812001001001"]),
            "both": (["370812", "370812002", "370812002001"], ["370812002001001"]),
            "nothing": ([], []),
        }
        for scope, (divisions, cells) in wanted.items():
            guest = {"Authorization": f"Bearer {self.tokens['viewer', scope]}"}
            with self.subTest(scope=scope):
                _, body = self.get("/api/v1/divisions", guest)
                self.assertEqual([i["code"] for i in body["items"]], divisions)
                _, body = self.get("/api/v1/cells", guest)
                self.assertEqual([i["code"] for i in body["items"]], cells)
                for name, codes, lon, lat in (("divisions", divisions, 116.72, 35.42), ("cells", cells, 116.05, 35.05),
                                              ("cells", cells, 116.25, 35.05)):
                    _, body = self.get(f"/api/v1/map/{name}", guest)
                    self.assertEqual([f["properties"]["code"] for f in body["features"]], codes)
                    _, tile = self.get(f"/api/v1/tiles/{name}/" + tile_at(lon, lat, 12), guest)
                    drawn = {code.decode() for code in said(tile, name, "code")}
                    self.assertEqual(drawn, {c for c in codes if name == "divisions" or
                                             (c < "370812002") == (lon < 116.2)})
                for code in ("370812001", "370812001001001", "370812002001001"):
                    status = 200 if code in cells else 404
                    self.assertEqual(self.get(f"/api/v1/cells/{code}", guest)[0], status)
                    self.assertEqual(self.get(f"/api/v1/cells/{code}/cameras", guest)[0], status)

    def places_guests(self):
        """As guests(): a scope of tags alone has no places, and no other minds tags."""
        for (role, scope), token in self.tokens.items():
            seen = EVERY if role == "administrator" else [] if scope == "tag" else SCOPES[scope][1]
            with self.subTest(role=role, scope=scope):
                yield ROLES[role], seen, {"Authorization": f"Bearer {token}"}

    def test_places_are_for_whose_scope_they_lie_in(self):
        everywhere = "116.0,35.0,117.0,35.0,117.0,36.0,116.0,36.0"
        for _, seen, guest in self.places_guests():
            for query in ("", "?q=place", "?kind=school", "?kind=key_place", "?bbox=116,35,117,36",
                          f"?polygon={everywhere}", "?q=place&bbox=116,35,117,36"):
                self.assertEqual(self.ids("/api/v1/places" + query, guest), seen, query)
            for query in ("?near=116.9,35.5", "?near=116.9,35.5&radius_m=99999", "?near=116.9,35.5&q=place"):
                self.assertEqual(self.ids("/api/v1/places" + query, guest), seen[::-1], query)
            for key, value, column in (("division", "370812002", 1), ("department", "Police", 2), ("cell", "370812001", 4)):
                wanted = [c[0] for c in CAMERAS if c[0] in seen and
                          (c[column] == value if column == 2 else c[column].startswith(value))]
                self.assertEqual(self.ids(f"/api/v1/places?{key}={value}", guest), wanted)
            for path in ("", "/cameras"):
                nothing = self.get(f"/api/v1/places/ghost{path}", guest)
                self.assertEqual(nothing[0], 404)
                for place in EVERY:
                    answer = self.get(f"/api/v1/places/{place}{path}", guest)
                    if place in seen:
                        self.assertEqual(answer[0], 200, answer)
                    else:
                        self.assertEqual(answer, nothing)
        for _, seen, guest in self.guests():  # who sees a place are cameras that are seen
            status, body = self.get("/api/v1/places/a1/cameras", guest)
            if status == 200:
                self.assertLessEqual({item["id"] for item in body["items"]}, set(seen))

    def test_places_are_written_by_who_may_and_stay_within(self):
        for may, seen, guest in self.places_guests():
            ask = lambda method, path, **body: self.engine.ask(method, "/api/v1/places" + path, body, guest)[0::2]
            for place in [p for p in EVERY + ["ghost"] if p not in seen]:
                for method in ("PUT", "DELETE"):
                    self.assertEqual(ask(method, "/" + place)[0], 404 if "e" in may else 403)
            self.assertEqual(ask("POST", "/ghost/restore")[0], 404 if "e" in may else 403)
            if "e" not in may:
                self.assertEqual(ask("POST", "", id="new")[0], 403)
        guest = {"Authorization": f"Bearer {self.tokens['integrator', 'town']}"}
        ask = lambda method, path, **body: self.engine.ask(method, "/api/v1/places" + path, body, guest)[0::2]
        for division in ("", "370812002"):
            status, body = ask("POST", "", id="new", division=division)
            self.assertEqual((status, body["code"]), (403, "outside"))
        self.assertEqual(ask("POST", "", id="new", division="370812001")[0], 201)
        status, body = ask("PUT", "/new", division="370812002001")
        self.assertEqual((status, body["code"]), (403, "outside"))
        self.assertEqual(ask("DELETE", "/new")[0], 204)
        other = {"Authorization": f"Bearer {self.tokens['integrator', 'villages']}"}
        self.assertEqual(self.engine.ask("POST", "/api/v1/places/new/restore", {}, other)[0], 404)
        status, body = ask("POST", "/new/restore")
        self.assertEqual((status, body["division"]), (200, "370812001"))
        self.assertEqual(ask("DELETE", "/new")[0], 204)

    def test_what_is_not_seen_does_not_exist(self):
        """The answer for a camera out of scope is, but for its id, that for no camera at all."""
        for may, seen, guest in self.guests():
            for path in ("", "/view", "/status"):
                nothing = self.get(f"/api/v1/cameras/ghost{path}", guest)
                self.assertEqual(nothing[0], 404)
                for camera in EVERY:
                    answer = self.get(f"/api/v1/cameras/{camera}{path}", guest)
                    if camera in seen:
                        self.assertEqual(answer[0], 200, answer)
                    else:
                        self.assertEqual(answer, nothing)

    def test_pictures_are_for_who_may_see_the_camera(self):
        for _, seen, guest in self.guests():
            for form in ("flv", "mp4"):
                nothing = self.get(f"/live/ghost.{form}", guest)
                self.assertEqual(nothing[0], 404)
                for camera in EVERY:
                    answer = self.get(f"/live/{camera}.{form}", guest)
                    self.assertEqual(answer[0], 200 if camera in seen else 404)
                    if camera not in seen:
                        self.assertEqual(answer, nothing)
            with contextlib.closing(Socket(self.engine.port, "/ws/v1", guest)) as wall:
                nothing = wall.open("ghost")
                self.assertEqual(nothing["code"], "no_such_camera")
                for ref, camera in enumerate(EVERY, 1):
                    answer = wall.open(camera, ref)
                    if camera in seen:
                        self.assertEqual(answer["type"], "opened")
                    else:
                        self.assertEqual({**answer, "ref": 1}, nothing)
            for camera in EVERY:
                with contextlib.closing(Socket(self.engine.port, f"/live/{camera}.flv", guest, None)) as live:
                    self.assertEqual(live.status, 101)
                    if camera not in seen:
                        self.assertEqual(live.closed_with(), 4404)

    def test_live_links_are_for_who_may_see_the_camera(self):
        for _, seen, guest in self.guests():
            _, _, nothing = self.engine.ask("POST", "/api/v1/live-links", {"camera": "ghost"}, guest)
            for camera in EVERY:
                status, _, body = self.engine.ask("POST", "/api/v1/live-links", {"camera": camera}, guest)
                if camera in seen:
                    self.assertEqual(status, 201, body)
                    self.assertEqual(self.engine.ask("GET", body["flv"])[0], 200)
                else:
                    self.assertEqual((status, body), (404, nothing))

    def test_changes_are_for_who_may_make_them_and_stay_within(self):
        for may, seen, guest in self.guests():
            for camera in EVERY + ["ghost"]:
                status, _, body = self.engine.ask("PATCH", f"/api/v1/cameras/{camera}", {"name": camera}, guest)
                self.assertEqual(status, 403 if "e" not in may else 200 if camera in seen else 404, body)
            unseen = [c for c in EVERY if c not in seen]
            for method, body in (("PUT", {"name": "x", "streams": {"main": {"url": "rtsp://x/"}}}), ("DELETE", None)):
                for camera in unseen:
                    status, _, answer = self.engine.ask(method, f"/api/v1/cameras/{camera}", body, guest)
                    self.assertEqual(status, 404 if "e" in may else 403, answer)
            for camera in ("a1", "ghost"):
                status, _, answer = self.engine.ask("POST", f"/api/v1/cameras/{camera}/probe", b"", guest)
                self.assertEqual(status, 403 if "e" not in may else 200 if camera in seen else 404, answer)
            status, _, answer = self.engine.ask("POST", "/api/v1/cameras/ghost/restore", b"", guest)
            self.assertEqual(status, 404 if "e" in may else 403, answer)
            for method, body in (("PUT", {"division": ""}), ("DELETE", None)):
                status, _, answer = self.engine.ask(method, "/api/v1/cells/ghost", body, guest)
                allowed = 422 if method == "PUT" else 404
                self.assertEqual(status, allowed if "e" in may and seen == EVERY else 403, answer)
            operations = [{"op": "patch", "id": c, "camera": {"name": c}} for c in EVERY]
            operations += [{"op": "delete", "id": c} for c in unseen]
            status, _, answer = self.engine.ask("POST", "/api/v1/cameras:bulk", {"operations": operations}, guest)
            if "e" in may:
                self.assertEqual([i["status"] for i in answer["items"]],
                                 [200 if c in seen else 404 for c in EVERY] + [404] * len(unseen))
            else:
                self.assertEqual((status, answer["code"]), (403, "forbidden"))
            status, _, answer = self.engine.ask("PATCH", "/api/v1/cameras?all=true&dry_run=true", {"name": "x"}, guest)
            self.assertEqual(status, 200 if "e" in may else 403)
            if "e" in may:
                self.assertEqual(answer, {"matched": len(seen), "changed": len(seen), "dry_run": True})
        _, _, body = self.engine.ask("GET", "/api/v1/cameras",
                                     headers={"Authorization": f"Bearer {self.tokens['viewer', 'all']}"})
        self.assertEqual([i["id"] for i in body["items"]], EVERY)

    def test_nobody_puts_a_camera_where_they_do_not_see_it(self):
        guest = {"Authorization": f"Bearer {self.tokens['integrator', 'town']}"}
        streams = {"main": {"url": "rtsp://127.0.0.1:9/new"}}
        ask = lambda method, path, **body: self.engine.ask(method, path, body, guest)[0::2]
        status, body = ask("POST", "/api/v1/cameras", id="new", streams=streams)
        self.assertEqual((status, body["code"]), (403, "outside"))
        status, body = ask("POST", "/api/v1/cameras", id="new", streams=streams, division="370812002")
        self.assertEqual((status, body["code"]), (403, "outside"))
        status, body = ask("POST", "/api/v1/cameras", id="new", streams=streams, division="370812001")
        self.assertEqual(status, 201)
        status, body = ask("PATCH", "/api/v1/cameras/new", division="370812002001")
        self.assertEqual((status, body["code"]), (403, "outside"))
        self.assertEqual(self.get("/api/v1/cameras/new", guest)[1]["division"], "370812001")
        status, _, _ = self.engine.ask("DELETE", "/api/v1/cameras/new", None, guest)
        self.assertEqual(status, 204)

    def test_lists_are_imported_by_who_may_edit_and_within_what_they_see(self):
        rows = "id,division,department,tags,cell,name\n" + "".join(
            f"{i},{division},{department},{tags},{cell},{i}\n" for i, division, department, tags, cell, _ in CAMERAS)
        for may, seen, guest in self.guests():
            ask = lambda method, path, body=None: self.engine.ask(method, "/api/v1/imports" + path, body, guest)[0::2]
            status, item = ask("POST", "?name=a.csv", rows.encode())
            self.assertEqual(status, 201 if "e" in may else 403, item)
            if "e" not in may:
                for method, path in (("GET", ""), ("GET", "/x"), ("GET", "/x/report"), ("PATCH", "/x"),
                                     ("POST", "/x/apply"), ("DELETE", "/x")):
                    self.assertEqual(ask(method, path, b"{}")[0], 403)
                continue
            while item["state"] in ("waiting", "reading"):
                _, item = ask("GET", f"/{item['id']}")
            self.assertEqual(item["report"]["refused"], len(EVERY) - len(seen), item)
            _, page = ask("GET", f"/{item['id']}/report?kind=refused")
            self.assertEqual([r["value"] for r in page["items"]], [c for c in EVERY if c not in seen])
            self.assertEqual(ask("DELETE", f"/{item['id']}")[0], 204)

    def test_figures_of_the_engine_are_for_who_sees_all_of_it(self):
        for may, seen, guest in self.guests():
            status = 200 if "d" in may and seen == EVERY else 403
            self.assertEqual(self.get("/metrics", guest)[0], status)
            self.assertEqual(self.get("/api/v1/viewers", guest)[0], status)
            self.assertEqual(self.get("/api/v1/changes", guest)[0], status)

    def test_the_audit_log_is_for_administrators(self):
        roles = itertools.cycle(ROLES)
        for role, scope in [*((r, "all") for r in ROLES), *zip(roles, SCOPES)]:
            guest = {"Authorization": f"Bearer {self.tokens[role, scope]}"}
            status = 200 if role == "administrator" else 403
            self.assertEqual(self.get("/api/v1/audit", guest)[0], status, (role, scope))
            self.assertEqual(self.get("/api/v1/audit/verify", guest)[0], status, (role, scope))

    def test_nobody_gets_anything(self):
        """Without a word, and with each kind of wrong one."""
        good = self.tokens["viewer", "all"]
        forged = [{}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {good}"},
                  {"Authorization": f"Bearer {good[:-1]}"}, {"Authorization": f"Bearer {good}0"},
                  {"Authorization": f"Bearer {good.upper()}"}, {"Authorization": "Bearer " + "0" * 64},
                  {"Authorization": "Bearer ' OR 1=1 --".ljust(71)}, {"Cookie": f"gridwall={good[::-1]}"},
                  {"Cookie": f"gridwall=; xgridwall={good}"}, {"Cookie": "gridwall=" + "a" * 64}]
        paths = ["/api/v1/" + p for p in ("district", "divisions", "departments", "cells", "cells/370812001",
                 "cells/370812001/cameras", "cameras", "cameras/a1", "cameras/a1/view", "cameras/a1/status",
                 "map/cameras", "audit", "audit/verify", "tiles/cameras.json", "tiles/cameras/0/0/0.mvt", "tiles/cells/9/421/201.mvt",
                 "tiles/divisions/9/421/201.mvt", "map/cells", "map/divisions", "viewers", "session", "imports", "imports/x", "imports/x/report", "nothing")]
        paths += ["/metrics", "/live/a1.flv", "/live/a1/sub.mp4", "/basemap/buildings.geojson", "/api/", "/api/v1/../v1/cameras",
                  "/api/v1/%2e%2e/v1/cameras", "//api/v1/cameras", "/ws/v1"]
        for headers in forged:
            for path in paths:
                status, _, body = self.engine.ask("GET", path, headers=headers)
                self.assertIn(status, (400, 401, 403, 404, 426), (path, headers))
                if path in paths[:-6] and status != 401:
                    self.fail((path, headers, status))
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                for path in ("cameras/a1", "users/x", "tokens/x", "users/x/password", "screens/x", "screens/enrol", "live-links", "imports", "imports/x", "imports/x/apply"):
                    status, _, _ = self.engine.ask(method, f"/api/v1/{path}", {}, headers)
                    self.assertIn(status, (401, 403))
                for path in ("places", "places/a1", "places/a1/restore"):
                    status, _, _ = self.engine.ask(method, f"/api/v1/{path}", {}, headers)
                    self.assertIn(status, (401, 403))
            for path, protocol in (("/ws/v1", "gridwall.v1"), ("/live/a1.flv", None)):
                with contextlib.closing(Socket(self.engine.port, path, headers, protocol)) as s:
                    self.assertIn(s.status, (401, 403))
        self.assertEqual(self.engine.ask("GET", "/healthz")[0], 200)

    def test_the_answer_to_nobody_asks_for_no_password(self):
        _, headers, body = self.engine.ask("GET", "/api/v1/cameras")
        self.assertEqual(headers["WWW-Authenticate"], "Bearer")  # Basic opens a browser's own window
        self.assertEqual(body["code"], "sign_in")
        self.assertTrue(body["zh"])

    def test_words_are_in_no_log(self):
        log = self.engine.log()
        for token in self.tokens.values():
            self.assertNotIn(token, log)


class SignInTest(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.engine = e = Engine(self.stack)
        rows = ["id,name,division,url_main", "in,x,370812001001,rtsp://127.0.0.1:9/1",
                "out,x,370812002001,rtsp://127.0.0.1:9/2"]
        (e.home / "c.csv").write_text("\n".join(rows) + "\n")
        e.run("import", e.home / "c.csv")

    def begin(self, *users, options=()):
        for name, role, *scope in users:
            words = itertools.chain.from_iterable(("--scope", s) for s in scope)
            self.engine.run("user", "add", name, "--role", role, *words, text=PASSWORD + "\n")
        self.engine.start(self.stack, *options)

    def wall(self, cookie, origin=None):
        wall = Socket(self.engine.port, "/ws/v1", {"Cookie": cookie, "Origin": origin or self.engine.origin})
        self.stack.callback(wall.close)
        return wall

    def cookie_soon(self, name):
        """Until the engine has seen that the user may come in again."""
        while True:
            status, headers, _ = self.engine.sign_in(name, PASSWORD)
            if status == 204:
                return headers["Set-Cookie"].split(";")[0]

    def test_the_first_start_lets_one_administrator_in(self):
        self.engine.start(self.stack)
        line = self.engine.stdout.readline()
        word = re.search(r"http://127\.0\.0\.1:\d+/set-up#([0-9a-f]{64})$", line.strip())[1]
        set_up = lambda **body: self.engine.ask("POST", "/api/v1/set-up", body)[0::2]
        boss = {"name": "boss", "password": PASSWORD}
        self.assertEqual(set_up(**boss)[0], 422)
        self.assertEqual(set_up(**boss, word="0" * 64)[0], 403)
        self.assertEqual(set_up(name="boss", password="short", word=word)[0], 422)
        self.assertEqual(set_up(name="a\nb", password=PASSWORD, word=word)[0], 422)
        self.assertEqual(set_up(**boss, word=word)[0], 204)
        self.assertEqual(set_up(name="second", password=PASSWORD, word=word)[0], 403)  # once only
        cookie = self.engine.cookie("boss")
        status, _, session = self.engine.ask("GET", "/api/v1/session", headers={"Cookie": cookie})
        self.assertEqual((status, session["role"], session["everything"]), (200, "administrator", True))
        self.assertNotIn(word, self.engine.log())
        self.assertNotIn(PASSWORD, self.engine.log())

    def test_two_who_follow_the_link_at_once_are_not_both_let_in(self):
        self.engine.start(self.stack)
        word = self.engine.stdout.readline().strip().rsplit("#", 1)[1]
        connections = []
        for i in range(6):
            c = http.client.HTTPConnection("127.0.0.1", self.engine.port, timeout=PATIENCE_S)
            c.request("POST", "/api/v1/set-up", json.dumps({"name": f"u{i}", "password": PASSWORD, "word": word}))
            connections.append(c)
        statuses = [c.getresponse().status for c in connections]
        for c in connections:
            c.close()
        self.assertEqual(statuses.count(204), 1, statuses)
        self.assertEqual(self.engine.run("user", "list").count("administrator"), 1)

    def test_a_cookie_is_the_browsers_alone(self):
        self.begin(("wang", "viewer", "division=370812001"))
        status, headers, _ = self.engine.sign_in("wang", PASSWORD)
        self.assertEqual(status, 204)
        parts = headers["Set-Cookie"].split("; ")
        self.assertRegex(parts[0], r"^gridwall=[0-9a-f]{64}$")
        self.assertLessEqual({"HttpOnly", "SameSite=Strict", "Path=/"}, set(parts))
        self.assertNotIn("Secure", parts)
        _, again, _ = self.engine.sign_in("wang", PASSWORD)
        self.assertNotEqual(again["Set-Cookie"], headers["Set-Cookie"])

    def test_behind_a_proxy_the_cookie_is_secure_and_addresses_are_told(self):
        self.begin(("wang", "viewer", "all"), options=("--behind-proxy",))
        _, headers, _ = self.engine.sign_in("wang", PASSWORD)
        parts = headers["Set-Cookie"].split("; ")
        self.assertTrue(parts[0].startswith("__Host-gridwall="))
        self.assertIn("Secure", parts)

    def test_a_page_of_another_origin_does_nothing(self):
        self.begin(("boss", "administrator"))
        cookie = {"Cookie": self.engine.cookie("boss")}
        port = self.engine.port
        foreign = ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": f"http://127.0.0.1:{port + 1}"},
                   {"Origin": f"http://127.0.0.1.evil.example:{port}"}, {"Origin": f"http://evil.example/?http://127.0.0.1:{port}"})
        for headers in foreign:
            for method, path in (("PATCH", "cameras/in"), ("DELETE", "cameras/in"), ("DELETE", "session"), ("POST", "cameras")):
                status, _, body = self.engine.ask(method, "/api/v1/" + path, {"name": "y"}, cookie | headers)
                self.assertEqual((status, body["code"]), (403, "foreign_origin"), (method, headers))
            with contextlib.closing(Socket(port, "/ws/v1", cookie | headers)) as s:
                self.assertEqual(s.status, 403)
        self.assertEqual(self.engine.sign_in("boss", PASSWORD, Origin="https://evil.example")[0], 403)
        own = cookie | {"Origin": self.engine.origin}
        self.assertEqual(self.engine.ask("PATCH", "/api/v1/cameras/in", {"name": "y"}, own)[0], 200)
        self.assertEqual(self.engine.ask("DELETE", "/api/v1/session", None, own)[0], 204)
        self.assertEqual(self.engine.ask("GET", "/api/v1/session", headers=cookie)[0], 401)  # replayed

    def test_who_signs_out_loses_his_socket(self):
        self.begin(("wang", "viewer", "all"))
        cookie = self.engine.cookie("wang")
        other = self.engine.cookie("wang")
        wall, stays = self.wall(cookie), self.wall(other)
        self.assertEqual(wall.open("in")["type"], "opened")
        self.engine.ask("DELETE", "/api/v1/session", None, {"Cookie": cookie, "Origin": self.engine.origin})
        self.assertEqual(wall.closed_with(), 4401)
        self.assertEqual(stays.open("in")["type"], "opened")

    def test_the_audit_log_has_who_came_in_and_who_did_not(self):
        self.begin(("boss", "administrator"), ("wang", "viewer", "all"), ("li", "viewer"),
                   options=("--behind-proxy",))
        sign = lambda name, password: self.engine.sign_in(
            name, password, **{"X-Forwarded-For": "192.0.2.1, 203.0.113.9"})
        self.assertEqual(sign("wang", PASSWORD)[0], 204)
        for name, password in (("wang", "wrong horse"), ("s3cret-typed-as-name", "wrong horse")):
            self.assertEqual(sign(name, password)[0], 401)
        for _ in range(3):
            self.assertEqual(sign("wang", "wrong horse")[0], 401)
        boss = {"Cookie": sign("boss", PASSWORD)[1]["Set-Cookie"].split(";")[0]}
        li = {"Cookie": sign("li", PASSWORD)[1]["Set-Cookie"].split(";")[0]}
        for _ in range(5):
            self.assertEqual(self.engine.ask("GET", "/metrics", headers=li)[0], 403)
        with contextlib.closing(self.wall(li["Cookie"])) as wall:
            self.assertEqual(wall.open("in")["code"], "no_such_camera")
        origin = {"Origin": self.engine.origin}
        self.assertEqual(self.engine.ask("PATCH", "/api/v1/cameras/in", {"name": "y"}, boss | origin)[0], 200)
        self.assertEqual(self.engine.ask("DELETE", "/api/v1/session", None, li | origin)[0], 204)
        at = boss | origin | {"X-Forwarded-For": "203.0.113.9"}
        place = {"id": "noted", "name": "School", "kind": "school"}
        for method, path, body, status in (("POST", "", place, 201), ("PUT", "/noted", place | {"name": "Gate"}, 200),
                                           ("DELETE", "/noted", None, 204), ("POST", "/noted/restore", None, 200),
                                           ("POST", "", place, 409)):
            self.assertEqual(self.engine.ask(method, "/api/v1/places" + path, body, at)[0], status, (method, path))
        _, _, page = self.engine.ask("GET", "/api/v1/audit", headers=boss)
        log = [(e["action"], e["who"], e["subject"], e["outcome"]) for e in reversed(page["items"])]
        self.assertNotIn("s3cret-typed-as-name", json.dumps(page))
        for entry in (("sign_in", "user: wang", "", "ok"), ("sign_in", "user: wang", "", "wrong"),
                      ("sign_in", "", "", "no_such_user"), ("request", "user: li", "/metrics", "refused"),
                      ("watch_begin", "user: li", "in", "refused"), ("sign_out", "user: li", "", "ok"),
                      ("camera_changed", "user: boss", "in", "ok"), ("audit_read", "user: boss", "", "ok"),
                      *((f"place_{what}", "user: boss", "noted", "ok") for what in ("created", "changed", "removed", "restored"))):
            self.assertEqual(log.count(entry), 1, (entry, log))  # equal refusals are merged
        by = {(e["action"], e["who"]): e for e in page["items"]}
        self.assertEqual(by["sign_in", "user: boss"]["address"], "203.0.113.9")
        session = by["sign_in", "user: boss"]["session"]
        self.assertRegex(session, "^[0-9a-f]{12}$")
        self.assertEqual(by["camera_changed", "user: boss"]["session"], session)
        self.assertEqual(by["place_removed", "user: boss"]["address"], "203.0.113.9")
        self.assertNotEqual(by["sign_in", "user: li"]["session"], session)
        # What was counted is told at the end, and the whole is in order.
        self.assertTrue(self.engine.ask("GET", "/api/v1/audit/verify", headers=boss)[2]["good"])

    def test_who_is_disabled_or_given_other_rights_loses_his_socket(self):
        self.begin(("wang", "viewer", "all"), ("li", "viewer", "all"))
        changes = (("disable",), ("scope", "--scope", "division=370812001"), ("scope", "--role", "operator"), ("passwd",))
        for verb, *words in changes:
            with self.subTest(verb=verb, words=words):
                cookie = self.engine.cookie("wang")
                wall, stays = self.wall(cookie), self.wall(self.engine.cookie("li"))
                live = http.client.HTTPConnection("127.0.0.1", self.engine.port, timeout=PATIENCE_S)
                self.stack.callback(live.close)
                live.request("GET", "/live/in.flv", headers={"Cookie": cookie})
                answer = live.getresponse()
                self.assertEqual(answer.status, 200)
                self.assertEqual(wall.open("in")["type"], "opened")
                self.engine.run("user", verb, "wang", *words, text=PASSWORD + "\n")
                self.assertEqual(wall.closed_with(), 4401)
                answer.read()  # ends
                self.assertEqual(self.engine.ask("GET", "/api/v1/cameras", headers={"Cookie": cookie})[0], 401)
                self.assertEqual(stays.open("in")["type"], "opened")
                if verb == "disable":
                    self.engine.run("user", "enable", "wang")
                    while self.engine.ask("GET", "/api/v1/session", headers={"Cookie": self.cookie_soon("wang")})[0] != 200:
                        pass

    def test_a_camera_that_moves_out_of_sight_ends(self):
        self.begin(("wang", "viewer", "division=370812001"), ("boss", "administrator"))
        wall = self.wall(self.engine.cookie("wang"))
        self.assertEqual(wall.open("in", 7)["type"], "opened")
        boss = {"Cookie": self.engine.cookie("boss"), "Origin": self.engine.origin}
        self.engine.ask("PATCH", "/api/v1/cameras/in", {"division": "370812002"}, boss)
        end = wall.hear("error")
        self.assertEqual((end["ref"], end["code"]), (7, "no_such_camera"))

    def test_states_are_told_to_who_sees_the_camera(self):
        # On one shard all walls are told in one go.
        self.begin(("wang", "viewer", "division=370812001"), ("boss", "administrator"),
                   options=("--shards", "1"))
        mine, all_ = self.wall(self.engine.cookie("wang")), self.wall(self.engine.cookie("boss"))
        for wall in (mine, all_):
            wall.hear("hello")
        for camera in ("in", "out"):
            self.assertEqual(all_.open(camera, len(camera))["type"], "opened")
        heard = set()
        while heard != {"in", "out"}:
            heard |= {i[0] for i in all_.hear("cameras")["items"]}
        mine.send(type="ping", t=1)
        told = set()
        while (message := mine.hear("cameras", "pong"))["type"] == "cameras":
            told |= {i[0] for i in message["items"]}
        self.assertIn("in", told)
        self.assertNotIn("out", told)

    def test_a_token_that_is_revoked_or_unknown_is_nothing(self):
        token = self.engine.run("token", "create", "t", "--role", "viewer", "--scope", "all")
        self.begin()
        headers = {"Authorization": f"Bearer {token}"}
        self.assertEqual(self.engine.ask("GET", "/api/v1/cameras", headers=headers)[0], 200)
        wall = Socket(self.engine.port, "/ws/v1", headers)
        self.stack.callback(wall.close)
        self.engine.run("token", "revoke", "t")
        self.assertEqual(wall.closed_with(), 4401)
        self.assertEqual(self.engine.ask("GET", "/api/v1/cameras", headers=headers)[0], 401)

    def test_a_token_ends_in_time(self):
        token = self.engine.run("token", "create", "t", "--role", "viewer", "--scope", "all", "--days", "1")
        with contextlib.closing(sqlite3.connect(self.engine.data / "gridwall.db")) as db:
            db.execute("UPDATE accounts SET expires_ms = 1")
            db.commit()
        self.begin()
        self.assertEqual(self.engine.ask("GET", "/api/v1/cameras", headers={"Authorization": f"Bearer {token}"})[0], 401)

    def test_wrong_passwords_say_the_same_for_everybody_and_make_wait(self):
        self.begin(("wang", "viewer", "all"), ("off", "viewer", "all"))
        self.engine.run("user", "disable", "off")
        answers = [self.engine.sign_in(name, "wrong horse")[0::2] for name in ("wang", "nobody", "off")]
        self.assertEqual(answers[0][0], 401)
        self.assertEqual(answers[1:], answers[:1] * 2)
        for _ in range(4):
            self.assertEqual(self.engine.sign_in("wang", "wrong horse")[0], 401)
        status, headers, body = self.engine.sign_in("wang", PASSWORD)  # right, and too late
        self.assertEqual((status, body["code"]), (429, "wait"))
        self.assertGreaterEqual(int(headers["Retry-After"]), 1)
        for _ in range(4):
            self.engine.sign_in("nobody", "wrong horse")
        self.assertEqual(self.engine.sign_in("nobody", "wrong horse")[0], 429)
        while self.engine.sign_in("wang", PASSWORD)[0] == 429:
            pass  # a second
        self.assertEqual(self.engine.sign_in("wang", PASSWORD)[0], 204)

    def test_many_at_once_are_bounded(self):
        self.begin(("wang", "viewer", "all"))
        connections = []
        for _ in range(24):
            c = http.client.HTTPConnection("127.0.0.1", self.engine.port, timeout=PATIENCE_S)
            c.request("POST", "/api/v1/session", json.dumps({"name": "wang", "password": PASSWORD}))
            connections.append(c)
        answers = [c.getresponse() for c in connections]
        for status in {a.status for a in answers}:
            self.assertIn(status, (204, 503))
        self.assertGreaterEqual(sum(a.status == 204 for a in answers), 4)
        for a in answers:
            if a.status == 503:
                self.assertTrue(a.headers["Retry-After"])
        for c in connections:
            c.close()
        self.assertEqual(self.engine.sign_in("wang", PASSWORD)[0], 204)

    def test_what_is_no_sign_in_is_refused(self):
        self.begin(("wang", "viewer", "all"))
        bodies = (b"", b"{", b"[]", b"\xff\xfe", b'{"name":"wang"}', b'{"name":5,"password":"x"}',
                  b'{"name":"' + b"x" * 65 + b'","password":"x"}', b'{"name":"wang","password":"' + b"x" * 1000 + b'"}')
        for body in bodies:
            self.assertIn(self.engine.ask("POST", "/api/v1/session", body)[0], (400, 422), body[:40])
        self.assertEqual(self.engine.ask("POST", "/api/v1/session", b"x" * (1024 * 1024 + 1))[0], 413)
        for name in ("wang' --", "' OR '1'='1", "wang\r\nSet-Cookie: x=y", "%77ang", "../wang", "王"):
            status, headers, _ = self.engine.sign_in(name, PASSWORD)
            self.assertIn(status, (401, 429), name)
            self.assertIsNone(headers["Set-Cookie"])
        for method in ("PUT", "PATCH"):
            self.assertEqual(self.engine.ask(method, "/api/v1/session", {})[0], 401)

    def test_what_the_registry_holds_opens_no_door(self):
        self.begin(("wang", "viewer", "all"))
        cookie = self.engine.cookie("wang")
        word = cookie.split("=")[1]
        kept = b"".join(p.read_bytes() for p in self.engine.data.glob("gridwall.db*"))
        self.assertNotIn(word.encode(), kept)
        self.assertNotIn(PASSWORD.encode(), kept)
        self.assertNotIn(PASSWORD, self.engine.log())
        self.assertNotIn(word, self.engine.log())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
