#!/usr/bin/python3
"""The doors beside signing in: live links, the API for users and tokens, wall screens,
and what of it outlives the engine.

usage: test_doors.py GRIDWALL
"""

import contextlib
import http.client
import re
import sqlite3
import sys
import unittest
import urllib.parse

from test_rights import PASSWORD, PATIENCE_S, Engine, Socket

PAGE = "https://video.example"


class Numbers:
    """1, 2, 3 ..., and the one that was given last."""

    last = 0

    def __next__(self):
        self.last += 1
        return self.last


NUMBERS = Numbers()


class DoorTest(unittest.TestCase):
    """One engine for all tests; each makes the accounts it needs."""

    options = ()

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.engine = e = Engine(cls.stack)
        rows = ["id,name,division,url_main,url_sub",
                "in,x,370812001001,rtsp://127.0.0.1:9/1,rtsp://127.0.0.1:9/1s",
                "out,x,370812002001,rtsp://127.0.0.1:9/2,"]
        (e.home / "c.csv").write_text("\n".join(rows) + "\n")
        e.run("import", e.home / "c.csv")
        cls.boss = cls.bearer(e.run("token", "create", "boss", "--role", "administrator"))
        e.start(cls.stack, *cls.options)

    @staticmethod
    def bearer(word):
        return {"Authorization": "Bearer " + word}

    def ask(self, method, path, body=None, who=None):
        status, _, answer = self.engine.ask(method, "/api/v1/" + path, body, who)
        return status, answer

    def made(self, kind, **account):
        status, body = self.ask("POST", kind, account, self.boss)
        self.assertEqual(status, 201, body)
        return body

    def token(self, role="viewer", scope=("all",), **more):
        """A new token: its name, and what a request by it carries."""
        name = f"t{next(NUMBERS)}"
        return name, self.bearer(self.made("tokens", name=name, role=role, scope=scope, **more)["word"])

    def user(self, role="viewer", scope=("all",)):
        name = f"u{next(NUMBERS)}"
        self.made("users", name=name, role=role, scope=scope, password=PASSWORD)
        return name

    def change(self, account, **fields):
        status, body = self.ask("PATCH", account, fields, self.boss)
        self.assertEqual(status, 200, body)

    def signed_in(self, name, password=PASSWORD):
        return {"Cookie": self.engine.cookie(name, password), "Origin": self.engine.origin}

    def watch(self, path, **headers):
        """Status, head and body of a live address; of a picture no body."""
        return self.engine.ask("GET", path, headers=headers)

    def stay(self, path, **headers):
        """A running picture; read() returns once it has ended."""
        connection = http.client.HTTPConnection("127.0.0.1", self.engine.port, timeout=PATIENCE_S)
        self.addCleanup(connection.close)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        return answer

    def socket(self, path, protocol=None, **headers):
        s = Socket(self.engine.port, path, headers, protocol)
        self.addCleanup(s.close)
        return s


class LinkTest(DoorTest):
    options = ("--allow-origin", f"https://other.example {PAGE}", "--verbose")

    def link(self, who, **wish):
        status, body = self.ask("POST", "live-links", {"camera": "in", **wish}, who)
        self.assertEqual(status, 201, body)
        return body

    def test_a_link_shows_one_stream_to_who_has_it(self):
        _, who = self.token(scope=["division=370812001"])
        link = self.link(who)
        for address in (link["mp4"], link["flv"], link["flv"] + "&audio=1&join=key"):
            self.assertEqual(self.watch(address)[0], 200, address)
            self.assertEqual(self.socket(address).status, 101)
        text = link["mp4"].split("?")[1]
        for path in ("/live/in/sub.mp4", "/live/out.mp4", "/live/ghost.mp4"):
            status, _, body = self.watch(f"{path}?{text}")
            self.assertEqual((status, body["code"]), (403, "bad_link"))
        for path in ("/api/v1/cameras", "/api/v1/cameras/in", "/metrics", "/basemap/buildings.geojson"):
            self.assertEqual(self.engine.ask("GET", f"{path}?{text}")[0], 401, path)
        self.assertEqual(self.socket(f"/ws/v1?{text}", "gridwall.v1").status, 401)
        sub = self.link(who, profile="sub")
        self.assertEqual(self.watch(sub["flv"])[0], 200)
        self.assertEqual(self.watch(sub["flv"].replace("/sub.", "."))[0], 403)

    def test_whatever_is_changed_in_a_link_spoils_it(self):
        link = self.link(self.token()[1])["flv"]
        path, text = link.split("?link=")
        until, account, generation, bound, signature = text.split(".")
        more = lambda digits: f"{int(digits, 16) + 1:x}"
        other = [(more(until), account, generation, bound, signature),
                 (until, more(account), generation, bound, signature),
                 (until, account, more(generation), bound, signature),
                 (until, account, generation, "o", signature),
                 (until, account, generation, bound, signature[::-1]),
                 (until, account, generation, bound, "0" * 64),
                 (until, account, generation, bound, ""), (until,), ("",)]
        for fields in other:
            for who in ({}, self.boss, {"Origin": PAGE}):  # a bad link is no less bad with a token
                status, _, body = self.watch(f"{path}?link=" + ".".join(fields), **who)
                self.assertEqual((status, body["code"]), (403, "bad_link"), fields)
        self.assertEqual(self.socket(f"{path}?link=" + ".".join(other[0])).status, 403)
        self.assertEqual(self.watch(link)[0], 200)

    def test_a_link_for_a_page_is_for_that_page(self):
        link = self.link(self.token()[1], origin=PAGE)["flv"]
        self.assertEqual(self.watch(link, Origin=PAGE)[0], 200)
        self.assertEqual(self.socket(link, Origin=PAGE).status, 101)
        for headers in ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": PAGE + ":8443"}):
            self.assertEqual(self.watch(link, **headers)[0], 403, headers)
            self.assertEqual(self.socket(link, **headers).status, 403)

    def test_only_pages_that_are_allowed_may_read(self):
        link = self.link(self.token()[1])["flv"]
        allowed = lambda **h: self.watch(link, **h)[1]["Access-Control-Allow-Origin"]
        self.assertEqual(allowed(Origin=PAGE), PAGE)
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": PAGE + ".evil.example"}):
            self.assertIsNone(allowed(**headers), headers)
        self.assertEqual(self.watch(link, Origin=PAGE)[1]["Vary"], "Origin")

    def test_a_picture_ends_with_its_link(self):
        _, who = self.token()
        link = self.link(who, seconds=2)["flv"]
        live, socket = self.stay(link), self.socket(link)
        self.assertEqual(socket.closed_with(), 4401)
        live.read()  # ends
        status, _, body = self.watch(link)
        self.assertEqual((status, body["code"]), (403, "link_is_over"))
        self.assertEqual(self.ask("GET", "session", who=who)[0], 200)

    def test_a_link_ends_with_the_rights_it_was_made_by(self):
        for change in ({"disabled": True}, {"scope": ["division=370812"]}, {"role": "operator"}, {"days": 2}):
            with self.subTest(change=change):
                name, who = self.token()
                link = self.link(who)["flv"]
                live, socket = self.stay(link), self.socket(link)
                self.change(f"tokens/{name}", **change)
                self.assertEqual(socket.closed_with(), 4401)
                live.read()
                self.assertEqual(self.watch(link)[0], 403)
                # As it was, and yet another one.
                self.change(f"tokens/{name}", disabled=False, scope=["all"], role="viewer")
                self.assertEqual(self.watch(link)[0], 403)
        name, who = self.token()
        link = self.link(who)["flv"]
        socket = self.socket(link)
        self.assertEqual(self.ask("DELETE", f"tokens/{name}", who=self.boss)[0], 204)
        self.assertEqual(socket.closed_with(), 4401)
        self.assertEqual(self.watch(link)[0], 403)

    def test_a_link_is_good_no_longer_than_its_token(self):
        _, who = self.token(days=1)
        status, tokens = self.ask("GET", "tokens", who=self.boss)
        ends = max(t["expires_ms"] for t in tokens["items"] if t["name"] == f"t{NUMBERS.last}")
        self.assertEqual(self.link(who, seconds=86400)["until_ms"], ends)

    def test_a_camera_that_leaves_the_scope_ends_for_links_too(self):
        link = self.link(self.token(scope=["division=370812001"])[1])["flv"]
        socket = self.socket(link)
        self.assertEqual(self.ask("PATCH", "cameras/in", {"division": "370812002"}, self.boss)[0], 200)
        self.assertEqual(socket.closed_with(), 4404)
        self.assertEqual(self.watch(link)[0], 404)
        self.ask("PATCH", "cameras/in", {"division": "370812001001"}, self.boss)

    def test_what_is_no_wish_for_a_link_is_refused(self):
        _, who = self.token(scope=["division=370812001"])
        for body, wanted in ((b"", 400), (b"[]", 400), ({}, 422), ({"camera": 5}, 422), ({"camera": "x" * 65}, 422),
                             ({"camera": "in", "profile": "third"}, 422), ({"camera": "in", "seconds": 0}, 422),
                             ({"camera": "in", "seconds": 86401}, 422), ({"camera": "in", "seconds": 1.5}, 422),
                             ({"camera": "in", "seconds": "9"}, 422), ({"camera": "in", "origin": "video.example"}, 422),
                             ({"camera": "in", "origin": PAGE + "/page"}, 422), ({"camera": "in", "origin": "https://a\r\nb"}, 422),
                             ({"camera": "out"}, 404), ({"camera": "ghost"}, 404), ({"camera": "../in"}, 404)):
            self.assertEqual(self.ask("POST", "live-links", body, who)[0], wanted, body)
        self.assertEqual(self.ask("GET", "live-links", who=who)[0], 405)

    def test_a_page_of_another_origin_makes_no_link(self):
        who = self.signed_in(self.user())
        self.link(who)
        status, answer = self.ask("POST", "live-links", {"camera": "in"}, who | {"Origin": PAGE})
        self.assertEqual((status, answer["code"]), (403, "foreign_origin"))

    def test_no_link_is_in_a_log_or_a_list(self):
        link = self.link(self.token()[1])["flv"]
        signature = link.rsplit(".", 1)[1]
        self.assertTrue(re.fullmatch("[0-9a-f]{64}", signature))
        self.stay(link)
        self.watch(link.replace("in.flv", "out.flv"))
        for path in ("/api/v1/viewers", "/api/v1/changes", "/metrics"):
            status, _, body = self.engine.ask("GET", path, headers=self.boss)
            self.assertEqual(status, 200)
            self.assertNotIn(signature, str(body))
        self.assertNotIn(signature, self.engine.log())


class AccountTest(DoorTest):
    def test_a_user_is_made_read_changed_and_removed(self):
        body = self.made("users", name="王 ' --", role="viewer", scope=["division=370812001", "tag=学校"], password=PASSWORD)
        path = "users/" + urllib.parse.quote("王 ' --")
        self.assertEqual((body["role"], body["scope"], body["disabled"]), ("viewer", ["division=370812001", "tag=学校"], False))
        self.assertNotIn(PASSWORD, str(body))
        self.assertNotIn("scrypt", str(self.ask("GET", path, who=self.boss)))
        self.assertEqual(self.ask("GET", path, who=self.boss), (200, body))
        self.assertIn(body, self.ask("GET", "users", who=self.boss)[1]["items"])
        self.assertEqual(self.ask("POST", "users", {"name": "王 ' --", "role": "viewer", "password": PASSWORD}, self.boss)[0], 409)
        status, changed = self.ask("PATCH", path, {"role": "operator"}, self.boss)
        self.assertEqual((status, changed["role"], changed["scope"]), (200, "operator", body["scope"]))
        status, replaced = self.ask("PUT", path, {"role": "dispatcher"}, self.boss)
        self.assertEqual((status, replaced["role"], replaced["scope"]), (200, "dispatcher", []))
        self.assertEqual(self.ask("DELETE", path, who=self.boss)[0], 204)
        for method, fields in (("GET", None), ("PATCH", {}), ("PUT", {"role": "viewer"}), ("DELETE", None)):
            self.assertEqual(self.ask(method, path, fields, self.boss)[0], 404, method)
        with contextlib.closing(sqlite3.connect(self.engine.data / "gridwall.db")) as db:
            notes = db.execute("SELECT author, action, before || after FROM changes WHERE subject = 'user' AND id = ?",
                               ("王 ' --",)).fetchall()
        self.assertEqual([n[:2] for n in notes], [("token: boss", a) for a in ("created", "changed", "changed", "removed")])
        self.assertNotIn("scrypt", str(notes))

    def test_a_tokens_word_is_told_once(self):
        name, who = self.token()
        self.assertEqual(self.ask("GET", "cameras", who=who)[0], 200)
        word = who["Authorization"].split()[1]
        for path in ("tokens", f"tokens/{name}"):
            self.assertNotIn(word, str(self.ask("GET", path, who=self.boss)))
        self.assertNotIn("word", self.ask("PATCH", f"tokens/{name}", {"days": 9}, self.boss)[1])
        kept = b"".join(p.read_bytes() for p in self.engine.data.glob("gridwall.db*"))
        self.assertNotIn(word.encode(), kept + self.engine.log().encode())
        self.change(f"tokens/{name}", disabled=True)
        self.assertEqual(self.ask("GET", "cameras", who=who)[0], 401)

    def test_only_administrators_see_and_change_accounts(self):
        name, _ = self.token()
        for role in ("integrator", "dispatcher", "operator", "viewer", "wall_screen"):
            _, who = self.token(role)
            for method, path, body in (("GET", "users", None), ("GET", "tokens", None), ("GET", f"tokens/{name}", None),
                                       ("POST", "users", {"name": "x", "role": "administrator", "password": PASSWORD}),
                                       ("POST", "tokens", {"name": "x", "role": "administrator"}),
                                       ("PATCH", f"tokens/{name}", {"role": "administrator"}),
                                       ("PUT", f"tokens/{name}", {"role": "administrator"}), ("DELETE", f"tokens/{name}", None),
                                       ("PUT", "users/boss/password", {"old_password": PASSWORD, "password": PASSWORD})):
                status, answer = self.ask(method, path, body, who)
                self.assertEqual((status, answer["code"]), (403, "forbidden"), (role, method, path))
        for path in ("users", "tokens", "users/x", "users/x/password"):
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                self.assertEqual(self.ask(method, path, {}, {})[0], 401)

    def test_the_last_administrator_stays(self):
        first, second = self.user("administrator"), self.user("administrator")
        self.assertEqual(self.ask("DELETE", f"users/{first}", who=self.boss)[0], 204)
        for method, body in (("DELETE", None), ("PATCH", {"disabled": True}), ("PATCH", {"role": "viewer"}), ("PUT", {"role": "viewer"})):
            status, answer = self.ask(method, f"users/{second}", body, self.boss)
            self.assertEqual((status, answer["code"]), (409, "last_administrator"), body)
        third = self.user("administrator")
        self.change(f"users/{second}", disabled=True)
        self.assertEqual(self.ask("DELETE", f"users/{third}", who=self.boss)[0], 409)  # who is disabled does not count
        self.assertEqual(self.ask("DELETE", f"users/{second}", who=self.boss)[0], 204)

    def test_ones_own_password(self):
        name, other = self.user(), self.user()
        mine, elsewhere = self.signed_in(name), self.signed_in(name)
        wall = self.socket("/ws/v1", "gridwall.v1", **elsewhere)
        put = lambda who, **body: self.engine.ask("PUT", f"/api/v1/users/{name}/password", body, who)
        new = "battery staple"
        self.assertEqual(put(mine, old_password=PASSWORD)[0], 422)
        self.assertEqual(put(mine, old_password=PASSWORD, password="short")[0], 422)
        self.assertEqual(put(mine, old_password="wrong horse", password=new)[2]["code"], "wrong")
        self.assertEqual(put(self.signed_in(other), old_password=PASSWORD, password=new)[0], 403)
        self.assertEqual(put(mine | {"Origin": PAGE}, old_password=PASSWORD, password=new)[0], 403)
        status, head, _ = put(mine, old_password=PASSWORD, password=new)
        self.assertEqual(status, 204)
        self.assertEqual(wall.closed_with(), 4401)
        for who in (mine, elsewhere):
            self.assertEqual(self.ask("GET", "session", who=who)[0], 401)
        again = {"Cookie": head["Set-Cookie"].split(";")[0]}
        self.assertEqual(self.ask("GET", "session", who=again)[1]["name"], f"user: {name}")
        self.assertEqual(self.engine.sign_in(name, PASSWORD)[0], 401)
        self.assertEqual(self.engine.sign_in(name, new)[0], 204)

    def test_wrong_old_passwords_make_wait(self):
        name = self.user()
        who = self.signed_in(name)
        for _ in range(5):
            self.assertEqual(self.ask("PUT", f"users/{name}/password", {"old_password": "x", "password": PASSWORD}, who)[0], 403)
        status, body = self.ask("PUT", f"users/{name}/password", {"old_password": PASSWORD, "password": PASSWORD}, who)
        self.assertEqual((status, body["code"]), (429, "wait"))

    def test_what_changes_nothing_signs_nobody_out(self):
        name = self.user()
        who = self.signed_in(name)
        self.change(f"users/{name}", role="viewer", scope=["all"], disabled=False)
        self.assertEqual(self.ask("GET", "session", who=who)[0], 200)
        self.change(f"users/{name}", role="operator")
        self.assertEqual(self.ask("GET", "session", who=who)[0], 401)

    def test_a_name_that_is_used_again_is_somebody_else(self):
        name = self.user()
        who = self.signed_in(name)
        self.assertEqual(self.ask("DELETE", f"users/{name}", who=self.boss)[0], 204)
        self.made("users", name=name, role="viewer", scope=["all"], password=PASSWORD)
        self.assertEqual(self.ask("GET", "session", who=who)[0], 401)

    def test_what_is_no_account_is_refused(self):
        good = {"name": "n", "role": "viewer", "password": PASSWORD}
        for change in ({"name": ""}, {"name": "x" * 65}, {"name": "a\nb"}, {"name": " a"}, {"name": 5}, {"role": "god"}, {"role": None},
                       {"password": "short"}, {"password": "x" * 257}, {"scope": "all"}, {"scope": ["everything"]}, {"scope": [5]},
                       {"scope": ["all\nall"]}, {"scope": ["tag=x"] * 65}, {"scope": ["tag=" + "x" * 200]}, {"disabled": 1}, {"days": 5},
                       {"secret": "x"}, {"num": 1}):
            self.assertEqual(self.ask("POST", "users", good | change, self.boss)[0], 422, change)
        for field in good:
            self.assertEqual(self.ask("POST", "users", {k: v for k, v in good.items() if k != field}, self.boss)[0], 422)
        for days in (0, 3651, 1.5, "5", -1):
            self.assertEqual(self.ask("POST", "tokens", {"name": "n", "role": "viewer", "days": days}, self.boss)[0], 422, days)
        for body in (b"", b"[]", b"{", b"\xff"):
            self.assertEqual(self.ask("POST", "users", body, self.boss)[0], 400)
        self.assertEqual(self.ask("POST", "users", b'{"name":"n","role":"viewer","role":"administrator","password":"correct horse"}',
                                  self.boss)[0], 422)
        for name in ("x" * 65, "%0a", "..%2f..", "%00"):
            self.assertIn(self.ask("GET", f"users/{name}", who=self.boss)[0], (400, 403, 404))
        self.assertEqual(self.ask("POST", "users/x", {}, self.boss)[0], 405)
        # A token has no password, and is not the user of its name.
        change = {"old_password": PASSWORD, "password": "another horse"}
        self.assertEqual(self.ask("PUT", "tokens/boss/password", change, self.boss)[0], 404)


class ScreenTest(DoorTest):
    def code(self):
        status, screen = self.ask("POST", "screens/code")
        self.assertEqual(status, 201, screen)
        return screen["code"], screen["word"]

    def enrol(self, code, name, scope=("division=370812001",), who=None):
        return self.ask("POST", "screens/enrol", {"code": code, "name": name, "scope": scope}, who or self.boss)

    def poll(self, word):
        """Status, and the cookie if there is one."""
        status, head, _ = self.engine.ask("POST", "/api/v1/screens/sign-in", {"word": word})
        return status, {"Cookie": (head["Set-Cookie"] or "").split(";")[0]}

    def test_a_screen_is_let_in_by_the_code_that_it_shows(self):
        code, word = self.code()
        self.assertRegex(code, "^[34679ACDEFGHJKMNPQRTWXY]{4}-[34679ACDEFGHJKMNPQRTWXY]{4}$")
        self.assertEqual(self.poll(word)[0], 202)
        status, screen = self.enrol(code.lower().replace("-", " "), "大厅 3")
        self.assertEqual((status, screen["role"], screen["scope"]), (201, "wall_screen", ["division=370812001"]))
        status, cookie = self.poll(word)
        self.assertEqual(status, 204)
        _, session = self.ask("GET", "session", who=cookie)
        self.assertEqual((session["name"], session["role"], session["may"]), ("user: 大厅 3", "wall_screen", ["see", "watch"]))
        self.assertEqual([c["id"] for c in self.ask("GET", "cameras", who=cookie)[1]["items"]], ["in"])
        _, screens = self.ask("GET", "screens", who=self.boss)
        self.assertIn("大厅 3", [s["name"] for s in screens["items"]])

    def test_a_screen_that_is_withdrawn_is_out(self):
        code, word = self.code()
        name = f"s{next(NUMBERS)}"
        self.enrol(code, name)
        _, cookie = self.poll(word)
        wall = self.socket("/ws/v1", "gridwall.v1", **cookie, Origin=self.engine.origin)
        self.assertEqual(self.ask("DELETE", f"screens/{name}", who=self.boss)[0], 204)
        self.assertEqual(wall.closed_with(), 4401)
        self.assertEqual(self.ask("GET", "session", who=cookie)[0], 401)
        self.assertEqual(self.poll(word)[0], 404)  # the word is good for nothing any more

    def test_what_is_no_screen_is_not_withdrawn_here(self):
        name = self.user()
        for method in ("GET", "DELETE"):
            self.assertEqual(self.ask(method, f"screens/{name}", who=self.boss)[0], 404)
        self.assertNotIn(name, str(self.ask("GET", "screens", who=self.boss)))
        self.assertEqual(self.ask("GET", f"users/{name}", who=self.boss)[0], 200)

    def test_nobody_signs_in_as_a_screen(self):
        code, _ = self.code()
        name = f"s{next(NUMBERS)}"
        self.enrol(code, name)
        for password in ("", "!", "correct horse"):
            self.assertEqual(self.engine.sign_in(name, password)[0], 401)

    def test_only_administrators_let_screens_in(self):
        code, word = self.code()
        for role in ("integrator", "dispatcher", "operator", "viewer", "wall_screen"):
            _, who = self.token(role)
            for method, path, body in (("POST", "screens/enrol", {"code": code, "name": "x", "scope": ["all"]}), ("GET", "screens", None),
                                       ("GET", "screens/x", None), ("DELETE", "screens/x", None)):
                status, answer = self.ask(method, path, body, who)
                self.assertEqual((status, answer["code"]), (403, "forbidden"), (role, path))
        for method, path in (("POST", "screens/enrol"), ("GET", "screens"), ("DELETE", "screens/x"), ("GET", "screens/code"),
                             ("PUT", "screens/code"), ("GET", "screens/sign-in")):
            self.assertEqual(self.ask(method, path, {}, {})[0], 401, path)
        self.assertEqual(self.poll(word)[0], 202)

    def test_a_code_lets_one_screen_in_and_is_not_guessed(self):
        _, who = self.token("administrator")  # whose wrong codes count for himself alone
        code, word = self.code()
        taken = f"s{next(NUMBERS)}"
        self.assertEqual(self.enrol(code, taken, who=who)[0], 201)
        self.assertEqual(self.enrol(code, "another", who=who)[0], 404)
        second, other = self.code()
        self.assertEqual(self.enrol(second, taken, who=who)[0], 409)  # and the code is good still
        self.assertEqual(self.poll(other)[0], 202)
        self.assertEqual(self.enrol(second, f"s{next(NUMBERS)}", who=who)[0], 201)
        for _ in range(5):
            self.assertEqual(self.enrol("3333-3333", "x", who=who)[0], 404)
        status, body = self.enrol("3333-3333", "x", who=who)
        self.assertEqual((status, body["code"]), (429, "wait"))
        for body, wanted in ((b"", 400), ({}, 422), ({"code": "x"}, 422), ({"code": 5, "name": "x", "scope": []}, 422),
                             ({"code": "x" * 99, "name": "x", "scope": []}, 422), ({"code": "x", "name": "x", "scope": ["god"]}, 422)):
            self.assertEqual(self.ask("POST", "screens/enrol", body, self.boss)[0], wanted, body)
        for body in (b"", b"{", {}, {"word": 5}, {"word": "x" * 65}):
            self.assertEqual(self.ask("POST", "screens/sign-in", body)[0], 422, body)
        for word in ("", "0" * 64, code):
            self.assertEqual(self.poll(word)[0], 404, word)

    def test_a_page_of_another_origin_makes_no_screen_of_its_visitor(self):
        for path, body in (("screens/code", {}), ("screens/sign-in", {"word": self.code()[1]})):
            status, answer = self.ask("POST", path, body, {"Origin": "https://evil.example"})
            self.assertEqual((status, answer["code"]), (403, "foreign_origin"))

    def test_codes_and_words_are_in_no_log(self):
        code, word = self.code()
        self.enrol(code, f"s{next(NUMBERS)}")
        _, cookie = self.poll(word)
        kept = b"".join(p.read_bytes() for p in self.engine.data.glob("gridwall.db*")) + self.engine.log().encode()
        for secret in (code, word, cookie["Cookie"].split("=")[1]):
            self.assertNotIn(secret.encode(), kept)


class StartTest(unittest.TestCase):
    """What outlives the engine."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.engine = e = Engine(self.stack)
        (e.home / "c.csv").write_text("id,name,url_main\nin,x,rtsp://127.0.0.1:9/1\n")
        e.run("import", e.home / "c.csv")

    def test_links_outlive_a_start_of_the_engine(self):
        token = {"Authorization": "Bearer " + self.engine.run("token", "create", "t", "--role", "viewer", "--scope", "all")}
        with contextlib.ExitStack() as first:
            self.engine.start(first)
            _, _, link = self.engine.ask("POST", "/api/v1/live-links", {"camera": "in"}, token)
        self.engine.start(self.stack)
        self.assertEqual(self.engine.ask("GET", link["flv"])[0], 200)
        self.assertEqual((self.engine.data / "live-links.key").stat().st_mode & 0o777, 0o600)

    def test_the_last_address_that_a_proxy_adds_is_the_one_that_counts(self):
        def begin(forwarded_for):
            return self.engine.ask("POST", "/api/v1/screens/code", None, {"X-Forwarded-For": forwarded_for})[0]

        with contextlib.ExitStack() as first:
            self.engine.start(first, "--behind-proxy")
            # Whatever the peer wrote in front of it changes nothing; 32 of an address may wait.
            self.assertEqual({begin(f"203.0.113.{i}, 10.0.0.{i}, 198.51.100.7") for i in range(32)}, {201})
            self.assertEqual(begin("203.0.113.99, 198.51.100.7"), 429)
            self.assertEqual(begin("198.51.100.7, 198.51.100.8"), 201)
        self.engine.start(self.stack)
        self.assertEqual({begin(f"203.0.113.{i}") for i in range(32)}, {201})
        self.assertEqual(begin("198.51.100.8"), 429)  # without a proxy the header is nobody's word

    def kill(self):
        self.engine.process.kill()
        self.engine.process.wait(PATIENCE_S)

    def session(self, cookie):
        return self.engine.ask("GET", "/api/v1/session", headers=cookie)[0]

    def test_who_is_in_stays_in_whatever_ends_the_engine(self):
        for name in ("wang", "li", "zhao"):
            self.engine.run("user", "add", name, "--role", "viewer", "--scope", "all", text=PASSWORD + "\n")
        boss = {"Authorization": "Bearer " + self.engine.run("token", "create", "boss", "--role", "administrator")}
        self.engine.start(self.stack)
        cookies = {name: {"Cookie": self.engine.cookie(name)} for name in ("wang", "li", "zhao")}
        gone = {"Cookie": self.engine.cookie("wang")}
        own = gone | {"Origin": self.engine.origin}
        self.assertEqual(self.engine.ask("DELETE", "/api/v1/session", None, own)[0], 204)
        _, _, screen = self.engine.ask("POST", "/api/v1/screens/code")
        self.engine.ask("POST", "/api/v1/screens/enrol", {"code": screen["code"], "name": "hall", "scope": ["all"]}, boss)
        _, head, _ = self.engine.ask("POST", "/api/v1/screens/sign-in", {"word": screen["word"]})
        cookies["hall"] = {"Cookie": head["Set-Cookie"].split(";")[0]}
        self.kill()  # as a power cut: at once after what was acknowledged

        self.engine.run("user", "passwd", "li", text=PASSWORD + "!\n")
        self.engine.run("user", "disable", "zhao")
        self.engine.run("user", "enable", "zhao")  # as it was, and yet another one
        self.engine.start(self.stack)
        self.assertEqual({name: self.session(cookie) for name, cookie in cookies.items()},
                         {"wang": 200, "hall": 200, "li": 401, "zhao": 401})
        self.assertEqual(self.session(gone), 401)
        wall = Socket(self.engine.port, "/ws/v1", cookies["hall"] | {"Origin": self.engine.origin})
        self.stack.callback(wall.close)
        self.assertEqual(wall.open("in")["type"], "opened")

    def test_a_session_that_was_over_meanwhile_stays_over(self):
        for name in ("silent", "old", "good"):
            self.engine.run("user", "add", name, "--role", "viewer", "--scope", "all", text=PASSWORD + "\n")
        with contextlib.ExitStack() as first:
            self.engine.start(first)
            cookies = {name: {"Cookie": self.engine.cookie(name)} for name in ("silent", "old", "good")}
        with contextlib.closing(sqlite3.connect(self.engine.data / "gridwall.db")) as db:
            for name, change in (("silent", "heard_ms = heard_ms - 43200000"), ("old", "until_ms = 1")):
                db.execute(f"UPDATE sessions SET {change} WHERE account = (SELECT num FROM accounts WHERE name = ?)", (name,))
            db.commit()
        self.engine.start(self.stack)
        self.assertEqual({name: self.session(cookie) for name, cookie in cookies.items()},
                         {"silent": 401, "old": 401, "good": 200})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
