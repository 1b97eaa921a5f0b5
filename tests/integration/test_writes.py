#!/usr/bin/python3
"""Writes by the API, asked of the running engine: nobody's change is lost under another's.

usage: test_writes.py GRIDWALL
"""

import concurrent.futures
import contextlib
import http.client
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

GRIDWALL = sys.argv[1]
PATIENCE_S = 120  # only ever spent when something hangs
STREAMS = {"main": {"url": "rtsp://127.0.0.1:9/1"}}


class Engine:
    """An engine on a directory of its own, which may be killed and started again."""

    def __init__(self, stack):
        self.home = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.data = self.home / "data"
        self.process = None
        stack.callback(self.stop)

    def run(self, *words):
        return subprocess.run([GRIDWALL, *words, "--data", self.data], check=True, text=True,
                              capture_output=True, timeout=PATIENCE_S).stdout.strip()

    def start(self, *options):
        self.process = subprocess.Popen(
            [GRIDWALL, "serve", "--data", self.data, "--listen", "127.0.0.1:0", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def stop(self, kill=False):
        if not self.process:
            return
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.process = None

    def ask(self, method, path, body=None, **headers):
        """Status, headers and body. A JSON body comes as what it says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            data = json.dumps(body) if isinstance(body, (dict, list)) else body
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, "/api/v1/" + path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
            if "json" in answer.headers.get_content_type():
                text = json.loads(text)
            return answer.status, answer.headers, text


class ConditionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.engine = Engine(stack)
        cls.engine.start("--no-auth")
        cls.ask = cls.engine.ask

    def setUp(self):
        self.ask("DELETE", "cameras/c")
        self.assertEqual(self.ask("POST", "cameras", {"id": "c", "streams": STREAMS})[0], 201)

    def tag(self, path="cameras/c"):
        status, headers, _ = self.ask("GET", path)
        self.assertEqual(status, 200)
        return headers["ETag"]

    def refused(self, answer, status, code):
        self.assertEqual((answer[0], answer[2]["code"]), (status, code))
        self.assertTrue(answer[2]["zh"])

    def test_a_change_answers_the_tag_of_what_it_made(self):
        tags = [self.tag()]
        for method, body in (("PATCH", {"name": "x"}), ("PUT", {"name": "y", "streams": STREAMS})):
            status, headers, _ = self.ask(method, "cameras/c", body, If_Match=tags[-1])
            self.assertEqual(status, 200)
            self.assertEqual(headers["ETag"], self.tag())
            tags.append(headers["ETag"])
        self.assertEqual(len(set(tags)), 3)

    def test_what_was_changed_since_is_not_overwritten(self):
        old = self.tag()
        self.assertEqual(self.ask("PATCH", "cameras/c", {"name": "mine"})[0], 200)
        for method, body in (("PATCH", {"name": "x"}), ("PUT", {"streams": STREAMS}), ("DELETE", None)):
            self.refused(self.ask(method, "cameras/c", body, If_Match=old), 412, "changed")
        _, headers, body = self.ask("GET", "cameras/c")
        self.assertEqual(body["name"], "mine")
        tags = f'"0-0", W/"1-0", {headers["ETag"]}'
        self.assertEqual(self.ask("DELETE", "cameras/c", If_Match=tags)[0], 204)

    def test_a_weak_tag_is_no_match(self):
        self.refused(self.ask("DELETE", "cameras/c", If_Match="W/" + self.tag()), 412, "changed")

    def test_no_tag_comes_again_with_another_camera_of_the_id(self):
        old = self.tag()
        self.ask("DELETE", "cameras/c")
        self.ask("POST", "cameras", {"id": "c", "streams": STREAMS})
        self.assertNotEqual(self.tag(), old)
        self.refused(self.ask("PATCH", "cameras/c", {"name": "x"}, If_Match=old), 412, "changed")

    def test_put_creates_only_where_that_is_asked_for(self):
        self.refused(self.ask("PUT", "cameras/new", {"streams": STREAMS}), 404, "no_such_camera")
        status, headers, _ = self.ask("PUT", "cameras/new", {"streams": STREAMS}, If_None_Match="*")
        self.assertEqual((status, headers["Location"]), (201, "/api/v1/cameras/new"))
        answer = self.ask("PUT", "cameras/new", {"streams": STREAMS}, If_None_Match="*")
        self.refused(answer, 412, "changed")
        self.assertEqual(self.ask("DELETE", "cameras/new", If_Match="*")[0], 204)
        self.refused(self.ask("DELETE", "cameras/new", If_Match="*"), 404, "no_such_camera")

    def test_what_is_known_is_not_sent_again(self):
        tag = self.tag()
        for known in (tag, "W/" + tag, '"foreign", ' + tag, "*"):
            for method in ("GET", "HEAD"):
                status, headers, body = self.ask(method, "cameras/c", If_None_Match=known)
                self.assertEqual((status, headers["ETag"], body), (304, tag, b""))
        self.ask("PATCH", "cameras/c", {"name": "x"})
        self.assertEqual(self.ask("GET", "cameras/c", If_None_Match=tag)[0], 200)

    def test_what_is_no_list_of_tags_is_refused(self):
        for value in ("7", '"7', "*, *", ", ".join(['"1-a"'] * 17)):
            for header in ("If_Match", "If_None_Match"):
                answer = self.ask("PATCH", "cameras/c", {"name": "x"}, **{header: value})
                self.refused(answer, 400, "bad_tags")
        self.assertEqual(self.ask("GET", "cameras/c")[2]["name"], "")

    def test_of_those_who_saw_the_same_one_wins(self):
        tag = self.tag()
        change = lambda n: self.ask("PATCH", "cameras/c", {"name": str(n)}, If_Match=tag)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            statuses = [answer[0] for answer in pool.map(change, range(16))]
        self.assertEqual(sorted(statuses), [200] + [412] * 15)
        self.assertEqual(self.ask("GET", "cameras/c")[2]["name"], str(statuses.index(200)))


class OnceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.engine = Engine(stack)
        cls.tokens = [cls.engine.run("token", "create", name, "--role", "integrator", "--scope", "all")
                      for name in ("one", "other")]
        cls.engine.start()

    def setUp(self):
        for camera in self.ids():
            self.delete(camera)
        self.test = self.id().rsplit(".")[-1]

    def post(self, key, camera="c", path="cameras", who=0, name="", raw=False):
        """By default a key of this test's own."""
        body = {"id": camera, "name": name, "streams": STREAMS} if path == "cameras" else None
        status, headers, body = self.engine.ask(
            "POST", path, body, Authorization=f"Bearer {self.tokens[who]}",
            Idempotency_Key=key if raw else f'"{self.test} {key}"')
        return status, headers["ETag"], headers["Location"], body

    def ids(self):
        _, _, body = self.engine.ask("GET", "cameras", Authorization=f"Bearer {self.tokens[0]}")
        return [item["id"] for item in body["items"]]

    def delete(self, camera):
        return self.engine.ask("DELETE", f"cameras/{camera}", Authorization=f"Bearer {self.tokens[0]}")[0]

    def test_the_same_again_is_answered_the_same_and_done_once(self):
        first = self.post("1")
        self.assertEqual(first[0], 201)
        self.assertEqual(self.delete("c"), 204)
        self.assertEqual(self.post("1"), first)
        self.assertEqual(self.ids(), [])
        again = self.post("2", path="cameras/c/restore")
        self.assertEqual(again[0], 200)
        self.assertEqual(self.post("2", path="cameras/c/restore"), again)

    def test_quotes_are_no_part_of_the_key(self):
        first = self.post('"quoted"', raw=True)
        self.assertEqual(first[0], 201)
        self.assertEqual(self.post("quoted", raw=True), first)  # some clients leave them out

    def test_another_request_by_that_key_is_refused(self):
        self.post("1")
        for other in (self.post("1", name="x"), self.post("1", path="cameras/c/restore")):
            self.assertEqual((other[0], other[3]["code"]), (422, "key_reused"))
            self.assertTrue(other[3]["zh"])
        self.assertEqual(self.ids(), ["c"])

    def test_keys_are_the_account_s_own(self):
        self.assertEqual(self.post("1")[0], 201)
        self.assertEqual(self.post("1", camera="d", who=1)[0], 201)
        self.assertEqual(self.ids(), ["c", "d"])

    def test_a_refusal_is_not_kept(self):
        self.post("0")
        self.assertEqual(self.post("1", name="x")[0], 409)
        self.delete("c")
        self.assertEqual(self.post("1", name="x")[0], 201)

    def test_what_is_no_key_is_refused(self):
        for key in ('""', '"a', '"a"b', "a b", '"\\a"', "k" * 129, '"k\u00e9"'):
            answer = self.post(key, raw=True)
            self.assertEqual((answer[0], answer[3]["code"]), (400, "bad_key"), key)
        self.assertEqual(self.post("k" * 257, raw=True)[0], 431)
        self.assertEqual(self.ids(), [])

    def test_many_at_once_are_one(self):
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: self.post("1"), range(16)))
        self.assertEqual(answers, answers[:1] * 16)
        self.assertEqual(answers[0][0], 201)

    def test_answers_survive_a_kill_for_a_day_and_are_bounded(self):
        answers = [self.post(str(i), camera=f"c{i}") for i in range(4)]
        self.engine.stop(kill=True)
        key = f"{self.test} 0"
        with contextlib.closing(sqlite3.connect(self.engine.data / "gridwall.db")) as db, db:
            db.execute("UPDATE answers SET at_ms = at_ms - ? WHERE key = ?", (24 * 3600 * 1000, key))
            db.executemany("INSERT INTO answers (account, key, at_ms, digest, status, etag, location, body)"
                           " SELECT account, ?, at_ms - 1, '', 200, '', '', '' FROM answers"
                           " ORDER BY num DESC LIMIT 1", [(f"filler {i}",) for i in range(1000)])
        self.engine.start()
        self.assertEqual([self.post(str(i), camera=f"c{i}") for i in range(1, 4)], answers[1:])
        self.assertEqual(self.post("0", camera="c0")[0], 409)  # tried anew, and the camera is there
        self.assertEqual(self.post("newest", camera="e")[0], 201)
        self.assertEqual(len(self.ids()), 5)
        with contextlib.closing(sqlite3.connect(self.engine.data / "gridwall.db")) as db:
            count = "SELECT count(*) FROM answers WHERE account = 'token: one'"
            self.assertEqual(db.execute(count).fetchone(), (1000,))
            self.assertEqual(db.execute(count + " AND key = ?", (key,)).fetchone(), (0,))


class BulkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.engine = Engine(stack)
        cls.tokens = {scope: cls.engine.run("token", "create", scope, "--role", "integrator", "--scope", scope)
                      for scope in ("all", "division=370812001")}
        cls.engine.start()

    def setUp(self):
        cameras = self.ask("GET", "cameras?limit=10000")[2]["items"]
        if cameras:
            status, body = self.bulk(*({"op": "delete", "id": c["id"]} for c in cameras))
            self.assertEqual((status, body["refused"]), (200, 0))

    def ask(self, method, path, body=None, scope="all", **headers):
        return self.engine.ask(method, path, body, Authorization=f"Bearer {self.tokens[scope]}", **headers)

    def bulk(self, *operations, scope="all", key=None, **members):
        headers = {"Idempotency_Key": key} if key else {}
        status, _, body = self.ask("POST", "cameras:bulk", {"operations": operations, **members}, scope, **headers)
        return status, body

    def create(self, *ids, **members):
        operations = [{"op": "create", "camera": {"id": i, "streams": STREAMS, **members}} for i in ids]
        status, body = self.bulk(*operations)
        self.assertEqual((status, body["done"]), (200, len(ids)))
        return [item["etag"] for item in body["items"]]

    def ids(self, query=""):
        return [c["id"] for c in self.ask("GET", "cameras?limit=10000" + query)[2]["items"]]

    def changes(self):
        newest = self.ask("GET", "changes")[2]["items"]
        return newest[0]["seq"] if newest else 0

    MIXED = ({"op": "create", "camera": {"id": "new", "streams": STREAMS}},
             {"op": "create", "camera": {"id": "a", "streams": STREAMS}},
             {"op": "patch", "id": "a", "camera": {"lat": 91}},
             {"op": "replace", "id": "b", "camera": {"name": "B", "streams": STREAMS}},
             {"op": "replace", "id": "ghost", "camera": {"streams": STREAMS}},
             {"op": "replace", "id": "made", "camera": {"streams": STREAMS}, "if_none_match": "*"},
             {"op": "delete", "id": "c"})

    def test_each_change_is_answered_for_itself(self):
        self.create("a", "b", "c")
        status, body = self.bulk(*self.MIXED)
        self.assertEqual((status, body["done"], body["refused"]), (200, 4, 3))
        self.assertEqual([i["status"] for i in body["items"]], [201, 409, 422, 200, 404, 201, 204])
        self.assertEqual([i["index"] for i in body["items"]], list(range(7)))
        self.assertEqual([i["id"] for i in body["items"]], ["new", "a", "a", "b", "ghost", "made", "c"])
        self.assertEqual(body["items"][2]["problem"]["code"], "bad_field")
        self.assertEqual(self.ids(), ["a", "b", "made", "new"])
        self.assertEqual(self.ask("GET", "cameras/b")[1]["ETag"], body["items"][3]["etag"])

    def test_all_or_nothing_is_nothing_for_one_that_is_refused(self):
        self.create("a", "b", "c")
        before = self.changes()
        status, body = self.bulk(*self.MIXED, atomic=True)
        self.assertEqual((status, body["code"]), (422, "nothing_done"))
        self.assertEqual([(i["index"], i["problem"]["status"]) for i in body["items"]],
                         [(1, 409), (2, 422), (4, 404)])
        self.assertEqual((self.ids(), self.changes()), (["a", "b", "c"], before))
        status, body = self.bulk(*(self.MIXED[i] for i in (0, 3, 5, 6)), atomic=True)
        self.assertEqual((status, body["done"]), (200, 4))
        self.assertEqual(self.ids(), ["a", "b", "made", "new"])

    def test_what_others_write_at_the_same_time_stays(self):
        """A list that comes to nothing takes nothing with it that was written beside it."""
        refused = [{"op": "create", "camera": {"id": "x", "streams": STREAMS}}, {"op": "delete", "id": "ghost"}]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            lists = [pool.submit(self.bulk, *refused, atomic=True) for _ in range(16)]
            others = [pool.submit(self.create, f"c{i}") for i in range(16)]
            self.assertEqual({f.result()[0] for f in lists}, {422})
            for other in others:
                other.result()
        self.assertEqual(len(self.ids()), 16)

    def test_conditions_hold_within_a_list(self):
        tag, = self.create("a")
        change = {"op": "patch", "id": "a", "camera": {"name": "1"}, "if_match": tag}
        _, body = self.bulk(change, change)
        self.assertEqual([i["status"] for i in body["items"]], [200, 412])

    def test_what_cannot_be_read_is_named(self):
        good = {"op": "delete", "id": "a"}
        for bad in ({}, 5, {"op": "remove", "id": "a"}, {"op": "delete"}, {"op": "delete", "id": "x" * 65},
                    {"op": "delete", "id": "a", "camera": {}}, {"op": "patch", "id": "a"},
                    {"op": "patch", "id": "a", "camera": {"id": "b"}}, {"op": "patch", "id": "a", "camera": {"lon": "x"}},
                    {"op": "delete", "id": "a", "if_match": "17"}, {"op": "delete", "id": "a", "if_none_match": 5}):
            status, body = self.bulk(good, bad)
            self.assertEqual((status, body["code"]), (422, "bad_field"), bad)
            self.assertIn("Operation 2:", body["en"])
        for request in ({"operations": []}, {"operations": {}}, {}, {"operations": [good], "atomic": "yes"}):
            self.assertEqual(self.ask("POST", "cameras:bulk", request)[0], 422)
        self.assertEqual(self.bulk(*[good] * 1001)[1]["code"], "too_many")

    def test_a_list_by_a_key_is_done_once(self):
        create = {"op": "create", "camera": {"id": "a", "streams": STREAMS}}
        first = self.bulk(create, key='"list"')
        self.assertEqual(first[1]["items"][0]["status"], 201)
        self.assertEqual(self.bulk(create, key='"list"'), first)
        self.assertEqual(self.bulk(create, create, key='"list"')[1]["code"], "key_reused")

    def test_nobody_changes_what_is_not_theirs(self):
        self.create("in", division="370812001001")
        self.create("out", division="370812002001")
        scope = "division=370812001"
        _, body = self.bulk({"op": "patch", "id": "in", "camera": {"name": "x"}},
                            {"op": "patch", "id": "out", "camera": {"name": "x"}},
                            {"op": "patch", "id": "in", "camera": {"division": "370812002"}}, scope=scope)
        self.assertEqual([i["status"] for i in body["items"]], [200, 404, 403])
        status, _, body = self.ask("PATCH", "cameras?all=true", {"address": "x"}, scope)
        self.assertEqual((status, body["matched"]), (200, 1))
        self.assertEqual(self.ask("GET", "cameras/out")[2]["address"], "")

    def test_one_change_for_all_that_fit(self):
        self.create("a", "b", department="Police")
        self.create("c", department="Health")
        dry = self.ask("PATCH", "cameras?department=Police&dry_run=true", {"pull": "warm"})
        self.assertEqual((dry[0], dry[2]), (200, {"matched": 2, "changed": 2, "dry_run": True}))
        self.assertEqual(self.ask("GET", "cameras/a")[2]["pull"], "on_demand")
        before = self.changes()
        done = self.ask("PATCH", "cameras?department=Police", {"pull": "warm"})
        self.assertEqual(done[2], {"matched": 2, "changed": 2, "dry_run": False})
        self.assertEqual(self.changes(), before + 2)
        self.assertEqual([self.ask("GET", f"cameras/{c}")[2]["pull"] for c in "abc"], ["warm", "warm", "on_demand"])
        again = self.ask("PATCH", "cameras?department=Police", {"pull": "warm"})
        self.assertEqual(again[2]["changed"], 0)
        refused = self.ask("PATCH", "cameras?all=true", {"lat": 91})
        self.assertEqual((refused[0], len(refused[2]["items"])), (422, 3))

    def test_nobody_changes_everything_by_mistake(self):
        self.create("a")
        for query in ("", "?departmnt=Police", "?limit=1", "?all=false", "?all=true&limit=1",
                      "?q=a&cursor=a", "?q=a&sees=116,35", "?q=a&dry_run=yes", "?kind=tank"):
            status, _, body = self.ask("PATCH", "cameras" + query, {"name": "x"})
            self.assertEqual((status, body["code"]), (400, "bad_parameter"), query)
        self.assertEqual(self.ask("PATCH", "cameras?all=true", {"id": "b"})[0], 422)
        self.assertEqual(self.ask("GET", "cameras/a")[2]["name"], "")

    def test_a_list_is_whole_or_absent_after_a_kill(self):
        operations = [{"op": "create", "camera": {"id": f"k{i}", "streams": STREAMS}} for i in range(400)]
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            asked = pool.submit(self.bulk, *operations, atomic=True)
            for _ in range(3):  # somewhere within it, as the machine has it
                self.ask("GET", "session")
            self.engine.stop(kill=True)
        self.engine.start()
        self.assertIn(len(self.ids()), (0, 400))
        if not asked.exception():
            self.assertEqual(len(self.ids()), 400)


class CellsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.engine = Engine(stack)
        cls.tokens = {name: cls.engine.run("token", "create", name, "--role", role, "--scope", scope)
                      for name, role, scope in (("all", "integrator", "all"), ("viewer", "viewer", "all"),
                                                ("town", "integrator", "division=370812001"))}
        cls.engine.start()
        for camera, lon in (("west", 116.5), ("east", 117.5)):
            body = {"id": camera, "lon": lon, "lat": 35.5, "streams": STREAMS}
            assert cls.ask("POST", "cameras", body)[0] == 201

    @classmethod
    def ask(cls, method, path, body=None, who="all", **headers):
        return cls.engine.ask(method, path, body, Authorization=f"Bearer {cls.tokens[who]}", **headers)

    def setUp(self):
        self.code = "370812001001001"
        self.ask("DELETE", f"cells/{self.code}")

    def put(self, west=116, code=None, **members):
        ring = [[west, 35], [west + 1, 35], [west + 1, 36], [west, 36], [west, 35]]
        headers = {k: members.pop(k) for k in ("If_Match", "If_None_Match", "who") if k in members}
        body = {"name": "Cell", "division": "370812001001",
                "geometry": {"type": "Polygon", "coordinates": [ring]}, **members}
        return self.ask("PUT", f"cells/{code or self.code}", body, **headers)

    def cells(self):
        return {c: self.ask("GET", f"cameras/{c}")[2]["cell"] for c in ("west", "east")}

    def test_a_cell_that_is_drawn_takes_its_cameras_in_and_lets_them_go(self):
        status, headers, body = self.put()
        self.assertEqual((status, headers["Location"]), (201, f"/api/v1/cells/{self.code}"))
        self.assertEqual((body["cameras"]["total"], body["level"]), (1, 3))
        self.assertEqual(self.cells(), {"west": self.code, "east": ""})
        before = self.ask("GET", "cameras/west")[1]["ETag"]
        status, headers, body = self.put(west=117)
        self.assertEqual(status, 200)
        self.assertEqual(headers["ETag"], self.ask("GET", f"cells/{self.code}")[1]["ETag"])
        self.assertEqual(self.cells(), {"west": "", "east": self.code})
        # It is found elsewhere, so it is no more as it was seen.
        self.assertEqual(self.ask("PATCH", "cameras/west", {"name": "x"}, If_Match=before)[0], 412)
        self.assertEqual(self.ask("DELETE", f"cells/{self.code}")[0], 204)
        self.assertEqual(self.cells(), {"west": "", "east": ""})
        self.assertEqual(self.ask("DELETE", f"cells/{self.code}")[0], 404)
        # A camera that comes now finds no cell of before either.
        self.ask("POST", "cameras", {"id": "late", "lon": 117.5, "lat": 35.5, "streams": STREAMS})
        self.assertEqual(self.ask("GET", "cameras/late")[2]["cell"], "")
        self.ask("DELETE", "cameras/late")

    def test_what_is_read_can_be_written_back(self):
        tag = self.put()[1]["ETag"]
        body = self.ask("GET", f"cells/{self.code}")[2]
        status, headers, _ = self.ask("PUT", f"cells/{self.code}", body)
        self.assertEqual((status, headers["ETag"]), (200, tag))

    def test_nobody_s_drawing_is_lost(self):
        old = self.put(If_None_Match="*")[1]["ETag"]
        self.assertEqual(self.put(If_None_Match="*")[0], 412)
        self.assertEqual(self.put(name="mine", If_Match=old)[0], 200)
        self.assertEqual(self.put(name="theirs", If_Match=old)[0], 412)
        self.assertEqual(self.ask("DELETE", f"cells/{self.code}", If_Match=old)[0], 412)
        self.assertEqual(self.ask("GET", f"cells/{self.code}")[2]["name"], "mine")

    def test_a_drawing_that_is_none_is_refused_with_a_word(self):
        ring = [[116, 35], [117, 35], [117, 36]]
        for members in ({"geometry": {"type": "Polygon", "coordinates": [ring]}}, {"geometry": {"type": "Point"}},
                        {"geometry": {"type": "Polygon", "coordinates": [ring + [[116, 99]]]}}, {"level": 7},
                        {"division": ""}, {"division": None}, {"name": "x" * 257}, {"parent": "a b"}):
            status, _, body = self.put(**members)
            self.assertEqual((status, body["code"]), (422, "bad_field"), members)
            self.assertTrue(body["zh"])
        self.assertEqual(self.ask("PUT", f"cells/{self.code}", b"[]")[0], 400)
        self.assertEqual(self.ask("PUT", f"cells/{self.code}", {"code": "other", "division": "370812"})[0], 422)
        self.assertEqual(self.put(code="x" * 33)[0], 422)
        self.assertEqual(self.ask("GET", f"cells/{self.code}")[0], 404)

    def test_cells_are_drawn_by_who_sees_everything(self):
        for who in ("viewer", "town"):
            self.assertEqual(self.put(who=who)[0], 403)
            self.assertEqual(self.ask("DELETE", f"cells/{self.code}", who=who)[0], 403)

    def test_who_drew_what_is_kept(self):
        self.put()
        self.put(name="Other")
        self.ask("DELETE", f"cells/{self.code}")
        with contextlib.closing(sqlite3.connect(self.engine.data / "gridwall.db")) as db:
            rows = db.execute("SELECT author, action, before, after FROM changes WHERE subject = 'cell'"
                              " AND id = ? ORDER BY seq DESC LIMIT 3", (self.code,)).fetchall()[::-1]
        self.assertEqual([r[:2] for r in rows], [("token: all", a) for a in ("created", "changed", "removed")])
        self.assertEqual((json.loads(rows[1][2]), json.loads(rows[1][3])), ({"name": "Cell"}, {"name": "Other"}))
        self.assertEqual(json.loads(rows[2][2])["geometry"]["type"], "Polygon")


class RateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.engine = Engine(stack)
        cls.tokens = [cls.engine.run("token", "create", name, "--role", "integrator", "--scope", "all")
                      for name in ("one", "other", "third")]
        cls.engine.start("--api-rate", "1", "--api-burst", "20")

    def ask(self, who, path="session", method="GET"):
        return self.engine.ask(method, path, Authorization=f"Bearer {self.tokens[who]}")

    def test_who_asks_too_often_waits_and_nobody_else(self):
        answers = [self.ask(0) for _ in range(60)]
        allowed = [a for a in answers if a[0] == 200]
        self.assertIn(len(allowed), range(20, 60))
        status, headers, body = next(a for a in answers if a[0] != 200)
        self.assertEqual((status, body["code"], headers["Retry-After"]), (429, "too_often", "1"))
        self.assertTrue(body["zh"])
        self.assertEqual(headers["RateLimit-Policy"], '"account";q=20;w=20')
        self.assertRegex(headers["RateLimit"], '^"account";r=0;t=(19|20)$')
        self.assertRegex(answers[0][1]["RateLimit"], '^"account";r=19;t=1$')
        self.assertEqual(self.ask(1)[0], 200)

    def test_what_watches_over_the_engine_has_no_limit(self):
        for _ in range(100):
            connection = http.client.HTTPConnection("127.0.0.1", self.engine.port, timeout=PATIENCE_S)
            with contextlib.closing(connection):
                connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {self.tokens[2]}"})
                answer = connection.getresponse()
                self.assertEqual(answer.status, 200)
                text = answer.read().decode()
        self.assertRegex(text, r"(?m)^gridwall_api_refused_total \d+$")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
