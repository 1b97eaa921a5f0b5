#!/usr/bin/python3
"""docs/openapi.yaml against the engine, both ways: each path is asked with the examples that
stand there and with bad input, and whatever comes back must be what the description says,
no field missing and none that it does not know.

usage: test_openapi.py GRIDWALL GRIDWALL-DISTRICT
"""

import contextlib
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import jsonschema
import yaml

GRIDWALL, DISTRICT = sys.argv[1:]
PATIENCE_S = 120  # only ever spent when something hangs
CAMERAS = 60
# What says nothing alone.
WITH = {"radius_m": "near", "corridor": "width_m", "width_m": "corridor"}
# What is no address at all, or longer than any of ours, ends before the API sees it.
NO_ADDRESS = (400, 403, 414, 431)
METHODS = ("get", "put", "post", "delete", "patch")
BAD_BODIES = (b"", b"{", b"[]", b"\xff\xfe", b'{"name": 5}', b'{"lon": "east"}', b'{"lon": 181}',
              b'{"pull": "sometimes"}', b'{"streams": {"main": {"url": "gopher://x"}}}',
              b'{"name": "' + b"x" * 100_000 + b'"}')


def closed(schema):
    """The same, but an object has no properties beyond those that it names."""
    if isinstance(schema, list):
        return [closed(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        schema.setdefault("additionalProperties", False)
    return schema


class OpenapiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        home = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data = home / "data"
        subprocess.run([DISTRICT, "--out", home / "d", "--cameras", str(CAMERAS)], check=True,
                       capture_output=True, timeout=PATIENCE_S)
        files = [home / "d" / name for name in ("divisions.geojson", "cells.geojson", "cameras.csv")]
        subprocess.run([GRIDWALL, "import", "--data", data, *files], check=True,
                       capture_output=True, timeout=PATIENCE_S)
        subprocess.run([GRIDWALL, "user", "add", "wang", "--role", "viewer", "--data", data],
                       input=b"correct horse", check=True, timeout=PATIENCE_S)
        engine = subprocess.Popen(
            [GRIDWALL, "serve", "--data", data, "--listen", "127.0.0.1:0", "--api-rate", "0", "--no-auth"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        stack.callback(engine.wait, PATIENCE_S)
        stack.callback(engine.stdout.close)
        stack.callback(engine.terminate)
        cls.port = int(engine.stdout.readline().rsplit(":", 1)[1])
        token = {"name": "robot", "role": "viewer"}
        assert cls.ask("POST", "/api/v1/tokens", json.dumps(token))[0] == 201
        assert cls.let_screen_in("hall") == 201
        cls.api = yaml.safe_load(cls.ask("GET", "/api/v1/openapi.yaml")[2])
        cls.closed = closed(cls.api)
        body = {"id": "school-1", **cls.api["components"]["schemas"]["PlaceEdit"]["example"]}
        cls.ask("POST", "/api/v1/places", json.dumps(body))

    @classmethod
    def ask(cls, method, path, body=None):
        """Returns status, content type and body."""
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            headers = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get_content_type(), answer.read()

    def resolved(self, node):
        while "$ref" in node:
            names = node["$ref"].split("/")[1:]
            node = self.api
            for name in names:
                node = node[name]
        return node

    def operations(self):
        for path, item in self.api["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def check(self, operation, method, url, answer, expected, early=()):
        """The answer is one of those that the operation documents."""
        status, kind, body = answer
        if status in early:
            return
        where = f"{method.upper()} {url[:200]}: {status} {body[:300]!r}"
        self.assertIn(str(status), operation["responses"], where)
        self.assertTrue(expected(status), where)
        content = self.resolved(operation["responses"][str(status)]).get("content")
        if not content:
            self.assertEqual(body, b"", where)
            return
        self.assertIn(kind, content, where)
        if kind.endswith("json"):
            schema = {**closed(content[kind]["schema"]), "components": self.closed["components"]}
            try:
                jsonschema.Draft202012Validator(schema).validate(json.loads(body))
            except jsonschema.ValidationError as error:
                self.fail(f"{where}\n{error.message} at {list(error.absolute_path)}")

    def filled(self, path, operation, **instead):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                value = instead.get(parameter["name"], parameter["example"])
                if parameter["name"] == "import" and "import" not in instead:
                    value = self.import_list()
                path = path.replace("{%s}" % parameter["name"], urllib.parse.quote(str(value), safe=""))
        return path

    @staticmethod
    def query(**values):
        def text(value):
            return str(value).lower() if isinstance(value, bool) else str(value)
        return "?" + urllib.parse.urlencode({key: text(value) for key, value in values.items()})

    @staticmethod
    def query_parameters(operation):
        return {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "query"}

    def import_list(self):
        """The id of one that is previewed: the one there is, or, without others, another."""
        items = json.loads(self.ask("GET", "/api/v1/imports")[2])["items"]
        if len(items) == 1 and items[0]["state"] == "ready":
            return items[0]["id"]
        for item in items:
            self.ask("DELETE", f"/api/v1/imports/{item['id']}")
        made = json.loads(self.ask("POST", "/api/v1/imports", b"id,url_main\nx,rtsp://192.0.2.1/\n")[2])
        while made["state"] in ("waiting", "reading"):
            made = json.loads(self.ask("GET", f"/api/v1/imports/{made['id']}")[2])
        self.assertEqual(made["state"], "ready", made)
        return made["id"]

    def body_of(self, operation):
        """A text of JSON, or whatever else is sent."""
        if "requestBody" not in operation:
            return None
        kind, content = next(iter(operation["requestBody"]["content"].items()))
        if kind != "application/json":
            return content["example"].encode()
        return json.dumps(self.resolved(content["schema"])["example"]).encode()

    def test_every_parameter_has_an_example_that_fits_its_schema(self):
        for path, method, operation in self.operations():
            for parameter in operation.get("parameters", []):
                with self.subTest(path=path, method=method, name=parameter["name"]):
                    jsonschema.Draft202012Validator(parameter["schema"]).validate(parameter["example"])

    def test_good_questions_have_the_answers_that_are_described(self):
        for path, method, operation in self.operations():
            if method != "get":
                continue
            url = self.filled(path, operation)
            parameters = self.query_parameters(operation)
            questions = [{}] + [{n: p["example"]} for n, p in parameters.items()]
            for values in questions:
                for name in [WITH[n] for n in values if n in WITH]:
                    values[name] = parameters[name]["example"]
                with self.subTest(path=path, values=values):
                    target = url + (self.query(**values) if values else "")
                    answer = self.ask("GET", target)
                    self.check(operation, method, target, answer, lambda s: s == 200)
                    status, _, body = self.ask("HEAD", target)
                    self.assertEqual((status, body), (200, b""))

    def test_writes_have_the_answers_that_are_described(self):
        for path, method, operation in self.operations():
            if method == "get":
                continue
            with self.subTest(path=path, method=method):
                body = self.body_of(operation)
                if "{name}" in path:
                    self.make_accounts()
                if path in ("/api/v1/cameras", "/api/v1/places") and method == "post":
                    body = json.dumps({**json.loads(body), "id": "made-here"}).encode()
                else:
                    self.make("made-here")
                    self.make_place("made-here")
                if path.endswith("/restore"):
                    self.unmake("made-here")
                # A code and a word are the screen's own, new ones each time.
                if path.startswith("/api/v1/screens/") and body:
                    body = self.of_a_screen(body)
                url = self.filled(path, operation, id="made-here")
                if "all" in self.query_parameters(operation):
                    url += self.query(all=True)
                answer = self.ask(method.upper(), url, body)
                self.check(operation, method, url, answer, lambda s: 200 <= s < 300)
                self.unmake("made-here")

    def make(self, name):
        body = json.dumps({"id": name, "streams": {"main": {"url": "rtsp://127.0.0.1:9/"}}})
        self.assertEqual(self.ask("POST", "/api/v1/cameras", body)[0], 201)

    def make_place(self, name):
        self.assertEqual(self.ask("POST", "/api/v1/places", json.dumps({"id": name}))[0], 201)

    def unmake(self, name):
        for things in ("cameras", "places"):
            self.ask("DELETE", f"/api/v1/{things}/{name}")

    def make_accounts(self):
        """Those that the examples name; they may be there."""
        user = {"name": "wang", "role": "viewer", "password": "correct horse"}
        self.assertIn(self.ask("POST", "/api/v1/users", json.dumps(user))[0], (201, 409))
        token = {"name": "robot", "role": "viewer"}
        self.assertIn(self.ask("POST", "/api/v1/tokens", json.dumps(token))[0], (201, 409))
        self.assertIn(self.let_screen_in("hall"), (201, 409))

    def of_a_screen(self, body):
        screen = json.loads(self.ask("POST", "/api/v1/screens/code")[2])
        return json.dumps({k: screen.get(k, v) for k, v in json.loads(body).items()}).encode()

    @classmethod
    def let_screen_in(cls, name):
        code = json.loads(cls.ask("POST", "/api/v1/screens/code")[2])["code"]
        body = {"code": code, "name": name, "scope": ["all"]}
        return cls.ask("POST", "/api/v1/screens/enrol", json.dumps(body))[0]

    def test_what_is_not_there_is_404(self):
        for path, method, operation in self.operations():
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "path":
                    continue
                if (path, method) == ("/api/v1/cells/{code}", "put"):
                    continue  # it makes what is not there
                for value in ("no-such", "%", "' OR 1=1 --", "\n", "x" * 3000, "编码"):
                    with self.subTest(path=path, method=method, value=value[:20]):
                        url = self.filled(path, operation, **{parameter["name"]: value})
                        answer = self.ask(method.upper(), url, self.body_of(operation))
                        early = NO_ADDRESS if value == "\n" or len(value) > 1000 else ()
                        self.check(operation, method, url, answer, lambda s: s in (404, 422), early)

    def test_bad_parameters_are_refused_with_a_word(self):
        for path, method, operation in self.operations():
            parameters = self.query_parameters(operation)
            for name, parameter in parameters.items():
                if list(parameter["schema"]) == ["type"] and parameter["schema"]["type"] == "string":
                    continue  # any text may be asked for
                for value in ("nonsense", "", "-", "1e999", "null"):
                    with self.subTest(path=path, name=name, value=value):
                        values = {name: value}
                        if name in WITH:
                            values[WITH[name]] = parameters[WITH[name]]["example"]
                        url = self.filled(path, operation) + self.query(**values)
                        answer = self.ask(method.upper(), url, self.body_of(operation))
                        self.check(operation, method, url, answer, lambda s: s == 400)
            with self.subTest(path=path, name="broken escape"):
                if parameters:
                    url = self.filled(path, operation) + "?" + next(iter(parameters)) + "=%zz"
                    answer = self.ask(method.upper(), url, self.body_of(operation))
                    self.assertIn(answer[0], NO_ADDRESS)

    def test_bad_bodies_are_refused_with_a_word_and_change_nothing(self):
        self.make("stays")
        self.make_place("stays")
        before = self.ask("GET", "/api/v1/cameras/stays")
        for path, method, operation in self.operations():
            if "application/json" not in operation.get("requestBody", {}).get("content", {}):
                continue
            for body in BAD_BODIES:
                with self.subTest(path=path, method=method, body=body[:40]):
                    url = self.filled(path, operation, id="stays")
                    answer = self.ask(method.upper(), url, body)
                    self.check(operation, method, url, answer, lambda s: 400 <= s < 500)
        self.assertEqual(self.ask("GET", "/api/v1/cameras/stays"), before)
        self.unmake("stays")

    def test_methods_that_are_not_described_are_refused(self):
        for path, item in self.api["paths"].items():
            any_operation = next(iter(item.values()))
            for method in METHODS:
                if method in item:
                    continue
                with self.subTest(path=path, method=method):
                    status, kind, body = self.ask(method.upper(), self.filled(path, any_operation), b"{}")
                    self.assertIn(status, (404, 405))
                    self.assertEqual(kind, "application/problem+json")
                    self.assertTrue(json.loads(body)["zh"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
