#!/usr/bin/python3
"""Writes by the API, asked of the running engine: nobody's change is lost under another's.

usage: test_writes.py GRIDWALL
"""

import concurrent.futures
import contextlib
import http.client
import json
import pathlib
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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
