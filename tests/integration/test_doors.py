#!/usr/bin/python3
"""The doors beside signing in: live links.

usage: test_doors.py GRIDWALL
"""

import contextlib
import http.client
import itertools
import re
import sys
import unittest

from test_rights import PASSWORD, PATIENCE_S, Engine, Socket

PAGE = "https://video.example"


class DoorTest(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.engine = e = Engine(self.stack)
        rows = ["id,name,division,url_main,url_sub",
                "in,x,370812001001,rtsp://127.0.0.1:9/1,rtsp://127.0.0.1:9/1s",
                "out,x,370812002001,rtsp://127.0.0.1:9/2,"]
        (e.home / "c.csv").write_text("\n".join(rows) + "\n")
        e.run("import", e.home / "c.csv")

    def begin(self, *users, options=()):
        for name, role, *scope in users:
            words = itertools.chain.from_iterable(("--scope", s) for s in scope)
            self.engine.run("user", "add", name, "--role", role, *words, text=PASSWORD + "\n")
        self.engine.start(self.stack, *options)

    def signed_in(self, name):
        return {"Cookie": self.engine.cookie(name), "Origin": self.engine.origin}

    def ask(self, method, path, body=None, who=None):
        status, _, answer = self.engine.ask(method, "/api/v1/" + path, body, who)
        return status, answer

    def watch(self, path, **headers):
        """Status and body of a live address; a picture is told by its status alone."""
        status, head, body = self.engine.ask("GET", path, headers=headers)
        return status, head, body

    def stay(self, path, **headers):
        """A running picture; read() returns once it has ended."""
        connection = http.client.HTTPConnection("127.0.0.1", self.engine.port, timeout=PATIENCE_S)
        self.stack.callback(connection.close)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        return answer

    def socket(self, path, **headers):
        s = Socket(self.engine.port, path, headers, None)
        self.stack.callback(s.close)
        return s


class LinkTest(DoorTest):
    def link(self, who, **wish):
        status, body = self.ask("POST", "live-links", {"camera": "in", **wish}, who)
        self.assertEqual(status, 201, body)
        return body

    def test_a_link_shows_one_stream_to_who_has_it(self):
        self.begin(("wang", "viewer", "division=370812001"))
        link = self.link(self.signed_in("wang"))
        for address in (link["mp4"], link["flv"], link["flv"] + "&audio=1&join=key"):
            self.assertEqual(self.watch(address)[0], 200, address)
            self.assertEqual(self.socket(address).status, 101)
        text = link["mp4"].split("?")[1]
        for path in ("/live/in/sub.mp4", "/live/out.mp4", "/live/ghost.mp4"):
            status, _, body = self.watch(f"{path}?{text}")
            self.assertEqual((status, body["code"]), (403, "bad_link"))
        for path in ("/api/v1/cameras", "/api/v1/cameras/in", "/metrics", "/basemap/buildings.geojson"):
            self.assertEqual(self.engine.ask("GET", f"{path}?{text}")[0], 401, path)
        wall = Socket(self.engine.port, f"/ws/v1?{text}", {})
        self.stack.callback(wall.close)
        self.assertEqual(wall.status, 401)
        sub = self.link(self.signed_in("wang"), profile="sub")
        self.assertEqual(self.watch(sub["flv"])[0], 200)
        self.assertEqual(self.watch(sub["flv"].replace("/sub.", "."))[0], 403)

    def test_whatever_is_changed_in_a_link_spoils_it(self):
        self.begin(("wang", "viewer", "all"), ("boss", "administrator"))
        link = self.link(self.signed_in("wang"))["flv"]
        path, text = link.split("?link=")
        until, account, generation, bound, signature = text.split(".")
        later = f"{int(until, 16) + 1:x}"
        other = [(later, account, generation, bound, signature),
                 (until, f"{int(account, 16) + 1:x}", generation, bound, signature),
                 (until, account, f"{int(generation, 16) + 1:x}", bound, signature),
                 (until, account, generation, "o", signature),
                 (until, account, generation, bound, signature[::-1]),
                 (until, account, generation, bound, "0" * 64),
                 (until, account, generation, bound, ""), (until,), ("",)]
        for fields in other:
            for who in ({}, self.signed_in("boss")):  # a bad link is no less bad with a cookie
                status, _, body = self.watch(f"{path}?link=" + ".".join(fields), **who)
                self.assertEqual((status, body["code"]), (403, "bad_link"), fields)
        self.assertEqual(self.socket(f"{path}?link=" + ".".join(other[0])).status, 403)
        self.assertEqual(self.watch(link)[0], 200)

    def test_a_link_for_a_page_is_for_that_page(self):
        self.begin(("wang", "viewer", "all"))
        link = self.link(self.signed_in("wang"), origin=PAGE)["flv"]
        self.assertEqual(self.watch(link, Origin=PAGE)[0], 200)
        self.assertEqual(self.socket(link, Origin=PAGE).status, 101)
        for headers in ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": PAGE + ":8443"}):
            self.assertEqual(self.watch(link, **headers)[0], 403, headers)
            self.assertEqual(self.socket(link, **headers).status, 403)

    def test_only_pages_that_are_allowed_may_read(self):
        self.begin(("wang", "viewer", "all"), options=("--allow-origin", f"https://other.example {PAGE}"))
        link = self.link(self.signed_in("wang"))["flv"]
        allowed = lambda **h: self.watch(link, **h)[1]["Access-Control-Allow-Origin"]
        self.assertEqual(allowed(Origin=PAGE), PAGE)
        self.assertIsNone(allowed(Origin="https://evil.example"))
        self.assertIsNone(allowed(Origin=PAGE + ".evil.example"))
        self.assertIsNone(allowed())
        self.assertEqual(self.watch(link, Origin=PAGE)[1]["Vary"], "Origin")

    def test_a_picture_ends_with_its_link(self):
        self.begin(("wang", "viewer", "all"))
        who = self.signed_in("wang")
        link = self.link(who, seconds=2)["flv"]
        live, socket = self.stay(link), self.socket(link)
        self.assertEqual(socket.closed_with(), 4401)
        live.read()  # ends
        status, _, body = self.watch(link)
        self.assertEqual((status, body["code"]), (403, "link_is_over"))
        self.assertEqual(self.ask("GET", "session", who=who)[0], 200)

    def test_a_link_ends_with_the_rights_it_was_made_by(self):
        changes = (("disable",), ("scope", "--scope", "all"), ("passwd",))
        self.begin(*((f"wang{i}", "viewer", "division=370812001") for i in range(len(changes))))
        for i, (verb, *words) in enumerate(changes):
            with self.subTest(verb=verb):
                link = self.link(self.signed_in(f"wang{i}"))["flv"]
                live, socket = self.stay(link), self.socket(link)
                self.engine.run("user", verb, f"wang{i}", *words, text=PASSWORD + "\n")
                self.assertEqual(socket.closed_with(), 4401)
                live.read()
                self.assertEqual(self.watch(link)[0], 403)
                self.engine.run("user", "enable", f"wang{i}")  # as it was, and yet another one
                self.assertEqual(self.watch(link)[0], 403)

    def test_a_link_ends_with_the_token_it_was_made_by(self):
        token = {"Authorization": "Bearer " + self.engine.run("token", "create", "t", "--role", "viewer", "--scope", "all",
                                                              "--days", "1")}
        self.begin()
        link = self.link(token, seconds=86400)
        socket = self.socket(link["flv"])
        self.engine.run("token", "revoke", "t")
        self.assertEqual(socket.closed_with(), 4401)
        self.assertEqual(self.watch(link["flv"])[0], 403)

    def test_a_camera_that_leaves_the_scope_ends_for_links_too(self):
        self.begin(("wang", "viewer", "division=370812001"), ("boss", "administrator"))
        link = self.link(self.signed_in("wang"))["flv"]
        socket = self.socket(link)
        self.assertEqual(self.ask("PATCH", "cameras/in", {"division": "370812002"}, self.signed_in("boss"))[0], 200)
        self.assertEqual(socket.closed_with(), 4404)
        self.assertEqual(self.watch(link)[0], 404)

    def test_links_outlive_a_start_of_the_engine(self):
        with contextlib.ExitStack() as first:
            self.engine.run("user", "add", "wang", "--role", "viewer", "--scope", "all", text=PASSWORD + "\n")
            self.engine.start(first)
            link = self.link(self.signed_in("wang"))["flv"]
        self.engine.start(self.stack)
        self.assertEqual(self.watch(link)[0], 200)
        key = self.engine.data / "live-links.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)

    def test_what_is_no_wish_for_a_link_is_refused(self):
        self.begin(("wang", "viewer", "division=370812001"))
        who = self.signed_in("wang")
        for body, wanted in ((b"", 400), (b"[]", 400), ({}, 422), ({"camera": 5}, 422), ({"camera": "x" * 65}, 422),
                             ({"camera": "in", "profile": "third"}, 422), ({"camera": "in", "seconds": 0}, 422),
                             ({"camera": "in", "seconds": 86401}, 422), ({"camera": "in", "seconds": 1.5}, 422),
                             ({"camera": "in", "seconds": "9"}, 422), ({"camera": "in", "origin": "video.example"}, 422),
                             ({"camera": "in", "origin": PAGE + "/page"}, 422), ({"camera": "in", "origin": "https://a\r\nb"}, 422),
                             ({"camera": "out"}, 404), ({"camera": "ghost"}, 404), ({"camera": "../in"}, 404)):
            self.assertEqual(self.ask("POST", "live-links", body, who)[0], wanted, body)
        self.assertEqual(self.ask("GET", "live-links", who=who)[0], 405)
        status, answer = self.ask("POST", "live-links", {"camera": "in"}, who | {"Origin": "https://evil.example"})
        self.assertEqual((status, answer["code"]), (403, "foreign_origin"))

    def test_no_link_is_in_a_log_or_a_list(self):
        self.begin(("wang", "viewer", "all"), ("boss", "administrator"), options=("--verbose",))
        link = self.link(self.signed_in("wang"))["flv"]
        signature = link.rsplit(".", 1)[1]
        self.stay(link)
        self.watch(link.replace("in.flv", "out.flv"))
        boss = self.signed_in("boss")
        for path in ("/api/v1/viewers", "/api/v1/changes", "/metrics"):
            status, _, body = self.engine.ask("GET", path, headers=boss)
            self.assertEqual(status, 200)
            self.assertNotIn(signature, str(body))
        self.assertNotIn(signature, self.engine.log())
        self.assertTrue(re.fullmatch("[0-9a-f]{64}", signature))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
