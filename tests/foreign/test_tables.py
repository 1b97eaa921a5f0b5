#!/usr/bin/python3
"""Tables that are not text, made by programs that are not ours: openpyxl writes the
workbooks, GDAL's ogr2ogr the layers. What an integrator is told of them, and what is in
the registry then.

usage: test_tables.py GRIDWALL GRIDWALL_TABLE [TEST]
"""

import datetime
import http.server
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile

import openpyxl

GRIDWALL, TABLE = sys.argv[1:3]
HEADER = ["设备编码", "设备名称", "经度", "纬度", "安装时间", "端口", "主码流地址"]
ID = "3708120000132000000%d"
CELLS = [("370812001001001", 116.5), ("370812001001002", 116.6)]


def row(n, **more):
    values = dict(zip(HEADER, [ID % n, f"摄像机{n}", 116.5 + n / 100, 35.5,
                               datetime.date(2024, 3, n), 554, f"rtsp://h/{n}"]))
    return [*{**values, **more}.values()]


def workbook(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    book.save(path)


def feature(properties, kind, coordinates):
    geometry = {"type": kind, "coordinates": coordinates} if kind else None
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def square(west):
    south, size = 35.5, 0.1
    return [[[west, south], [west + size, south], [west + size, south + size],
             [west, south + size], [west, south]]]


class Tables(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gridwall-tables-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    # ---- helpers ----

    def run_import(self, *files, status=0, reader=TABLE, lang="C.UTF-8", more=()):
        command = [GRIDWALL, "import", "--data", self.dir / "data", "--reader", reader, *more, *files]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "LC_ALL": lang})
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, status, said)
        return said.replace(f"{self.dir}/", "")

    def ask(self, question):
        with sqlite3.connect(self.dir / "data" / "gridwall.db") as db:
            return db.execute(question).fetchall()

    def forget(self):
        shutil.rmtree(self.dir / "data")

    def book(self, name, *sheets):
        workbook(self.dir / name, *sheets)
        return self.dir / name

    def geojson(self, name, *features):
        text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
        (self.dir / name).write_text(text, encoding="utf-8")
        return self.dir / name

    def convert(self, source, name, *options):
        (self.dir / name).parent.mkdir(exist_ok=True)
        subprocess.run(["ogr2ogr", "-q", *options, self.dir / name, source], check=True, timeout=60)
        return self.dir / name

    def points(self, name="points.geojson", columns=("设备编码", "设备名称")):
        return self.geojson(name, *(
            feature(dict(zip(columns, [ID % n, f"摄像机{n}"])), "Point", [116.5 + n / 100, 35.5])
            for n in (1, 2, 3)))

    def areas(self):
        return self.geojson("areas.geojson", *(
            feature({"code": code, "name": "网格", "division": "370812001001"}, "Polygon", square(west))
            for code, west in CELLS))

    def expect_points(self):
        cameras = self.ask("SELECT id, name, lon, lat FROM cameras ORDER BY id")
        self.assertEqual([c[:2] for c in cameras], [(ID % n, f"摄像机{n}") for n in (1, 2, 3)])
        for n, (_, _, lon, lat) in enumerate(cameras, 1):
            self.assertAlmostEqual(lon, 116.5 + n / 100, 6)  # 10 cm
            self.assertAlmostEqual(lat, 35.5, 6)

    # ---- spreadsheets ----

    def test_the_sheet_with_a_header_is_read_by_its_row_numbers(self):
        rows = [["兖州区视频监控一览表"], [], HEADER, row(1), [], row(2, 经度="east"), row(3)]
        book = self.book("list.xlsx", ("说明", [["填写说明"], ["id 不可重复"]]), ("台账", rows))
        said = self.run_import(book, status=1)
        self.assertIn('list.xlsx:1: note: "兖州区视频监控一览表": what stands above', said)
        self.assertIn('list.xlsx:1: note: "台账": of several sheets', said)
        self.assertIn('list.xlsx:6: error: lon "east"', said)
        self.assertIn("3 read, 2 new", said)
        self.assertEqual(self.ask("SELECT id, installed, lon FROM cameras ORDER BY id"),
                         [(ID % 1, "2024/03/01", 116.51), (ID % 3, "2024/03/03", 116.53)])
        again = self.run_import(book, status=1)
        self.assertIn("0 new, 0 changed, 2 unchanged", again)

    def test_an_id_that_is_a_number_is_refused(self):
        said = self.run_import(self.book("n.xlsx", ("a", [HEADER, row(1, 设备编码=int(ID % 1)), row(2)])),
                               status=1)
        self.assertIn('n.xlsx:2: error: id "3.70812', said)
        self.assertIn("format the column as text", said)
        self.assertEqual(self.ask("SELECT id FROM cameras"), [(ID % 2,)])

    def test_codes_that_a_number_holds_are_taken(self):
        rows = [[*HEADER, "行政区域"], [*row(1), 370812001001]]
        self.run_import(self.book("d.xlsx", ("a", rows)))
        self.assertEqual(self.ask("SELECT division FROM cameras"), [("370812001001",)])

    def test_a_workbook_without_cameras_is_explained(self):
        book = self.book("none.xlsx", ("a", [["序号", "姓名"], [1, "x"]]))
        self.assertIn("none.xlsx: no sheet or layer has a column", self.run_import(book, status=1))
        self.assertIn("没有任何工作表", self.run_import(book, status=1, lang="zh_CN.UTF-8"))

    def test_a_list_of_foreign_names_is_read_by_its_mapping(self):
        columns = self.dir / "columns"
        columns.write_text("id = 唯一标识\n设备名称 = CAM\nignore = 备注\n")
        for book in (self.book("foreign.xlsx", ("a", [["说明"]]), ("b", [["唯一标识", "CAM", "备注"], ["c1", "南门", "x"]])),
                     self.geojson("foreign.geojson", feature({"唯一标识": "c1", "CAM": "南门"}, "Point", [116.5, 35.5]))):
            self.run_import(book, status=1)
            self.run_import(book, more=["--columns", columns])
            self.assertEqual(self.ask("SELECT id, name FROM cameras"), [("c1", "南门")])
            self.forget()
        columns.write_text("id = a\ncamera = b\n")
        self.assertIn("columns:2: camera: this is no column that we know",
                      self.run_import(book, status=2, more=["--columns", columns]))

    def test_cells_that_do_not_fit_are_told_with_the_place(self):
        said = self.run_import(self.geojson("cells.geojson", *(
            feature({"code": code, "division": "370812001001"}, "Polygon", square(west))
            for code, west in (("370812001001001", 116.5), ("370812001001002", 116.59)))))
        self.assertRegex(said, r'cells.geojson:1: note: geometry "370812001001002 at 116.59\d+,35.5\d+": '
                               "the cell overlaps this one")

    # ---- layers ----

    def test_points_are_cameras_whatever_holds_them(self):
        points = self.points()
        short = self.points("short.geojson", ("ID", "NAME"))  # a name has 10 bytes in a Shapefile
        files = [
            points,
            self.convert(points, "degrees.gpkg"),
            self.convert(points, "metres.gpkg", "-t_srs", "EPSG:4547"),  # CGCS2000, 3 degrees, 117 E
            self.convert(short, "utf8/p.shp", "-lco", "ENCODING=UTF-8"),
            self.convert(points, "gbk/p.shp", "-lco", "ENCODING=GBK", "-t_srs", "EPSG:4490"),
        ]
        (self.dir / "gbk" / "p.cpg").unlink()  # as most programs in China leave it
        with zipfile.ZipFile(self.dir / "gbk.zip", "w") as archive:
            for part in (self.dir / "gbk").iterdir():
                archive.write(part, f"点位/{part.name}")
        for file in [*files, self.dir / "gbk.zip"]:
            with self.subTest(file.name):
                self.run_import(file)
                self.expect_points()
                self.forget()

    def test_a_layer_without_reference_is_degrees_or_refused(self):
        points = self.points("short.geojson", ("ID", "NAME"))
        degrees = self.convert(points, "degrees/p.shp", "-lco", "ENCODING=UTF-8")
        metres = self.convert(points, "metres/p.shp", "-lco", "ENCODING=UTF-8", "-t_srs", "EPSG:4547")
        for shape in (degrees, metres):
            shape.with_suffix(".prj").unlink()
        said = self.run_import(metres, degrees, status=1)
        self.assertIn("metres/p.shp: its positions are metres", said)
        self.assertIn("degrees/p.shp:1: note: nothing says what its positions are", said)
        self.expect_points()

    def test_a_column_beside_the_points_is_passed_over(self):
        self.run_import(self.geojson("two.geojson", feature(
            {"id": "c1", "经度": "1", "lat": "2"}, "Point", [116.5, 35.5])))
        self.assertEqual(self.ask("SELECT lon, lat FROM cameras"), [(116.5, 35.5)])

    def test_features_without_a_point_are_counted(self):
        said = self.run_import(self.geojson(
            "some.geojson", feature({"id": "c1"}, "Point", [116.5, 35.5]), feature({"id": "c2"}, None, None),
            feature({"id": "c3"}, "LineString", [[1, 2], [3, 4]])))
        self.assertIn("so many features have no point", said)
        self.assertEqual(self.ask("SELECT id, lon FROM cameras ORDER BY id"),
                         [("c1", 116.5), ("c2", None), ("c3", None)])

    def test_polygons_are_cells_whatever_holds_them(self):
        areas = self.areas()
        renamed = ["-sql", 'SELECT code AS "网格编码", name AS "名称", division AS "所属村居" FROM areas']
        for file in [areas, self.convert(areas, "cells.gpkg", "-t_srs", "EPSG:4547"),
                     self.convert(areas, "cells/c.shp", *renamed, "-lco", "ENCODING=GBK")]:
            with self.subTest(file.name):
                self.run_import(self.points(), file)
                self.assertEqual(self.ask("SELECT code, division, level FROM cells ORDER BY code"),
                                 [(code, "370812001001", 3) for code, _ in CELLS])
                self.assertEqual(self.ask("SELECT DISTINCT cell FROM cameras"), [(CELLS[0][0],)])
                self.forget()

    # ---- what must not hurt ----

    def replace(self, book, part, text):
        """A workbook with one part of it replaced."""
        out = book.with_name("evil.xlsx")
        with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, text if name == part else old.read(name))
        return out

    def test_one_hostile_file_stops_no_other(self):
        good = self.book("good.xlsx", ("a", [HEADER, row(1)]))
        cut = self.dir / "cut.xlsx"
        cut.write_bytes(good.read_bytes()[:2000])
        empty = self.dir / "empty.xlsx"
        empty.write_bytes(b"PK\x03\x04")
        old = self.dir / "old.xls"
        old.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(5000))
        said = self.run_import(cut, empty, old, good, status=1)
        for name in ("cut.xlsx", "empty.xlsx", "old.xls"):
            self.assertIn(f"{name}: it is damaged, or none of", said)
        self.assertIn("good.xlsx: 1 read, 1 new", said)

    def test_a_bomb_is_ended_and_explained(self):
        good = self.book("good.xlsx", ("a", [HEADER, row(1)]))
        cell = "<c t='inlineStr'><is><t>" + "x" * 30000 + "</t></is></c>"
        sheet = ("<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
                 + ("<row>" + cell * 100 + "</row>") * 600 + "</sheetData></worksheet>")  # 1.8 GB
        bomb = self.replace(good, "xl/worksheets/sheet1.xml", sheet)
        self.assertLess(bomb.stat().st_size, 10_000_000)
        # AddressSanitizer needs more memory than the bound: with it, it sets one itself.
        os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":hard_rss_limit_mb=1024"
        self.addCleanup(os.environ.update, ASAN_OPTIONS=os.environ["ASAN_OPTIONS"].rsplit(":", 1)[0])
        said = self.run_import(bomb, good, status=1)
        self.assertIn("evil.xlsx: what reads it broke off", said)
        self.assertIn("good.xlsx: 1 read, 1 new", said)

    def test_a_sheet_that_breaks_in_the_middle_is_not_half_imported(self):
        good = self.book("good.xlsx", ("a", [HEADER, row(1), row(2)]))
        sheet = zipfile.ZipFile(good).read("xl/worksheets/sheet1.xml").decode()
        broken = self.replace(good, "xl/worksheets/sheet1.xml", sheet.replace('<row r="3">', '<row r="3"><'))
        said = self.run_import(broken, status=1)
        self.assertIn("evil.xlsx: what reads it broke off", said)
        self.assertEqual(self.ask("SELECT id FROM cameras"), [])

    def test_entities_are_not_followed(self):
        good = self.book("good.xlsx", ("a", [HEADER, row(1)]))
        secret = self.dir / "secret"
        secret.write_text("c-secret")
        for entity in (f'<!ENTITY x SYSTEM "file://{secret}">',
                       '<!ENTITY a "aaaaaaaaaa">' + "".join(
                           f'<!ENTITY {to} "{f"&{of};" * 10}">' for of, to in zip("abcdefghi", "bcdefghix"))):
            sheet = (f"<!DOCTYPE r [{entity}]><worksheet><sheetData><row><c t='inlineStr'><is><t>id</t></is></c></row>"
                     "<row><c t='inlineStr'><is><t>&x;</t></is></c></row></sheetData></worksheet>")
            evil = self.replace(good, "xl/worksheets/sheet1.xml", sheet)
            subprocess.run([GRIDWALL, "import", "--data", self.dir / "data", "--reader", TABLE, evil],
                           capture_output=True, timeout=120, check=False)
            self.assertEqual(self.ask("SELECT id FROM cameras WHERE id <> ''"), [])

    def test_nothing_is_kept_of_what_broke_off(self):
        breaks = self.dir / "breaks"
        breaks.write_text("#!/bin/sh\nprintf 'id\\nc1\\n'\nkill -SEGV $$\n")
        breaks.chmod(0o700)
        good = self.book("good.xlsx", ("a", [HEADER, row(1)]))
        said = self.run_import(good, reader=breaks, status=1)
        self.assertIn("good.xlsx: what reads it broke off", said)
        self.assertEqual(self.ask("SELECT id FROM cameras"), [])
        self.assertIn("gridwall-table, which is not installed",
                      self.run_import(good, reader="/nonexistent", status=1))

    def test_no_name_leads_into_the_network(self):
        asked = []

        class Web(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_error(404)
            do_HEAD = do_GET

        with http.server.HTTPServer(("127.0.0.1", 0), Web) as web:
            threading.Thread(target=web.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{web.server_port}/x.geojson"
            for name in (address, f"/vsicurl/{address}", f"GeoJSON:{address}"):
                done = subprocess.run([TABLE, name], capture_output=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stdout), (65, b""))
            web.shutdown()
        self.assertEqual(asked, [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
