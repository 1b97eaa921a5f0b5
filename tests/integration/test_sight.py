#!/usr/bin/python3
"""Who sees a place, asked of the running engine: buildings of the base map cut the view, and
what changes in the registry or on the base map is looked at anew.

usage: test_sight.py GRIDWALL
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

GRIDWALL = sys.argv[1]
PATIENCE_S = 60  # only ever spent when something hangs
LON, LAT = 116.8, 35.5
METRE_E, METRE_N = 1 / 90530, 1 / 111195  # degrees, at this latitude


def at(east, north):
    return LON + east * METRE_E, LAT + north * METRE_N


def house(west, south, east, north, height):
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Feature", "properties": {"height": height},
            "geometry": {"type": "Polygon", "coordinates": [[at(*c) for c in corners]]}}


def inside(ring, lon, lat):
    """Even-odd; of a closed ring."""
    crossings = 0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:]):
        if (y0 > lat) != (y1 > lat):
            crossings += lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0)
    return crossings % 2 == 1


class SightTest(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.data = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (self.data / "basemap").mkdir()
        self.build(house(20, -10, 30, 10, 9))
        self.engine = subprocess.Popen(
            [GRIDWALL, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--no-auth"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        stack.callback(self.engine.wait, PATIENCE_S)
        stack.callback(self.engine.stderr.close)
        stack.callback(self.engine.stdout.close)
        stack.callback(self.engine.terminate)
        self.port = int(self.engine.stdout.readline().rsplit(":", 1)[1])
        self.await_views(0)

    def build(self, *houses):
        """Puts other buildings on the base map, as a whole."""
        new = self.data / "basemap/new"
        new.write_text(json.dumps({"type": "FeatureCollection", "features": houses}))
        os.replace(new, self.data / "basemap/buildings.geojson")

    def await_views(self, count):
        """Until the engine says that it has computed so many, and kept how many it says."""
        for line in self.engine.stderr:
            found = re.search(r"\bviews computed=(\d+) kept=(\d+)", line)
            if found and int(found[1]) == count:
                return int(found[2])
        self.fail("the engine has ended")

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request(method, "/api/v1/" + path, body and json.dumps(body),
                               {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def add(self, name, east, north, **more):
        lon, lat = at(east, north)
        self.create(id=name, lon=lon, lat=lat, **more)
        return self.await_views(1)

    def create(self, **camera):
        streams = {"main": {"url": "rtsp://192.0.2.1/"}}
        status, answer = self.ask("POST", "cameras", {"streams": streams, **camera})
        self.assertEqual(status, 201, answer)

    def who(self, east, north, more=""):
        lon, lat = at(east, north)
        status, answer = self.ask("GET", f"cameras?sees={lon:.7f},{lat:.7f}{more}")
        self.assertEqual(status, 200)
        return answer

    def test_buildings_cut_the_view_and_are_told_of(self):
        self.add("west", 0, 0)
        self.add("north", 50, 40, department="Police")
        answer = self.who(50, 0)
        self.assertTrue(answer["buildings"])
        first, second = answer["items"]
        self.assertEqual((first["id"], first["sight"]["kind"]), ("north", "may_see"))
        self.assertEqual((second["id"], second["sight"]["why"]), ("west", "building"))
        self.assertAlmostEqual(second["sight"]["obstacle_m"], 20, delta=0.2)
        self.assertAlmostEqual(second["sight"]["obstacle_height_m"], 9, delta=0.2)
        self.assertAlmostEqual(first["sight"]["distance_m"], 40, delta=0.2)
        self.assertAlmostEqual(first["sight"]["pan_deg"], 180, delta=0.2)
        self.assertLess(first["sight"]["tilt_deg"], 0)
        self.assertTrue(all(i["sight"]["judged"] and i["sight"]["zh"] for i in answer["items"]))

        # With the other conditions.
        police = self.who(50, 0, "&department=Police")["items"]
        self.assertEqual([i["id"] for i in police], ["north"])
        self.assertEqual([i["id"] for i in self.who(50, 0, "&limit=1")["items"]], ["north"])
        self.assertEqual(self.who(50, 0, "&status=offline")["items"], [])

    def test_a_recorded_pose_says_who_sees_and_where_to_turn(self):
        self.add("away", -40, 5, kind="fixed", pose={"azimuth_deg": 270})
        self.add("onto", -40, 0, kind="fixed", pose={"azimuth_deg": 90, "fov_deg": 60})
        self.add("turns", 0, -90, kind="ptz", pose={"height_m": 11.5})
        self.add("high", -600, 0, kind="high_point", pose={"height_m": 61.5})
        items = self.who(0, 0)["items"]
        self.assertEqual([(i["id"], i["sight"]["kind"]) for i in items],
                         [("onto", "sees"), ("turns", "could_turn"), ("high", "could_turn"),
                          ("away", "sees_not")])
        self.assertEqual(items[3]["sight"]["why"], "turned_away")
        self.assertAlmostEqual(items[1]["sight"]["pan_deg"] % 360, 0, delta=0.2)
        self.assertAlmostEqual(items[1]["sight"]["tilt_deg"], -6.3, delta=0.1)
        self.assertEqual([i["id"] for i in self.who(0, 0, "&kind=ptz")["items"]], ["turns"])

        # Over the house of 9 m, left 630 m away: its shadow ends at 630 * 60 / 52.5 = 720 m.
        self.assertIn("high", [i["id"] for i in self.who(125, 0)["items"]])
        self.assertNotIn("high", [i["id"] for i in self.who(100, 0)["items"]])

    def test_what_changes_is_looked_at_anew_and_nothing_else(self):
        self.add("west", 0, 0)
        self.assertEqual(self.add("far", 900, 900), 1)
        self.assertEqual(self.who(50, 0)["items"][0]["sight"]["why"], "building")

        self.build(house(20, 500, 30, 510, 9))
        self.assertEqual(self.await_views(1), 1)
        self.assertEqual(self.who(50, 0)["items"][0]["sight"]["kind"], "may_see")

        (self.data / "basemap/buildings.geojson").unlink()
        self.await_views(2)
        answer = self.who(50, 0)
        self.assertFalse(answer["buildings"])
        self.assertFalse(answer["items"][0]["sight"]["judged"])

    def test_a_view_is_geojson_that_can_be_drawn(self):
        self.add("west", 0, 0)
        status, view = self.ask("GET", "cameras/west/view")
        self.assertEqual(status, 200)
        self.assertTrue(view["properties"]["judged"])
        rings = [p[0] for p in view["geometry"]["coordinates"]]
        self.assertTrue(all(ring[0] == ring[-1] and len(ring) >= 4 for ring in rings))
        seen = [sum(inside(ring, *at(*p)) for ring in rings) for p in ((10, 1), (50, 1), (-50, 1))]
        self.assertEqual(seen, [1, 0, 1])

        self.assertEqual(self.ask("GET", "cameras/none/view")[0], 404)
        self.create(id="lost")
        self.assertEqual(self.ask("GET", "cameras/lost/view")[1]["code"], "no_position")

    def test_a_file_that_is_no_base_map_is_said_and_does_no_harm(self):
        (self.data / "basemap/buildings.geojson").write_text('{"features": [')
        for line in self.engine.stderr:
            if "buildings_unreadable" in line:
                break
        self.add("west", 0, 0)
        self.assertEqual(self.who(50, 0)["items"][0]["sight"]["kind"], "may_see")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
