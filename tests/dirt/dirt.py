#!/usr/bin/python3
"""Lists of cameras as departments keep them: seeded, with one kind of dirt each, and for
each kind what an import has to say. `test_dirt.py` holds the importer to it.

usage: dirt.py [--seed N] [--rows N] [--kind KIND] OUT.csv|OUT.xlsx
"""

import argparse
import csv
import dataclasses
import io
import pathlib
import random

HEADER = ["设备编码", "设备名称", "经度", "纬度", "行政区域", "所属部门", "设备厂商", "IPV4", "端口",
          "通道号", "用户名", "密码", "安装地址", "安装时间", "主码流地址"]
ID, NAME, LON, LAT, DIVISION, DEPARTMENT, VENDOR, IP, PORT, CHANNEL, USER, PASSWORD, ADDRESS, DATE, URL = \
    range(len(HEADER))
DEPARTMENTS = ["公安局", "教育和体育局", "卫生健康局", "自然资源局", "行政审批服务局"]
PLACES = ["兴隆路", "建设路", "九州大道", "文化街", "中山路", "龙桥路"]


@dataclasses.dataclass(frozen=True)
class Said:
    """A line of the report: the row of the list (0: any), the column, note or error, and words
    that say how to mend it."""
    row: int
    column: str
    severity: str
    words: str


@dataclasses.dataclass
class List:
    """What is written, and what has to come of it."""
    rows: list                      # of fields, without header
    header: list = dataclasses.field(default_factory=lambda: list(HEADER))
    above: list = dataclasses.field(default_factory=list)  # rows above the header
    encoding: str = "utf-8"
    separator: str = ","
    raw: dict = dataclasses.field(default_factory=dict)    # row index: bytes in its place
    options: list = dataclasses.field(default_factory=list)
    said: list = dataclasses.field(default_factory=list)
    refused: int = 0
    blank: int = 0                  # rows that are no cameras

    def row(self, i):
        """The number of the i-th row, as the report has it."""
        return len(self.above) + 2 + i


def camera(rng, n):
    """A clean row."""
    place, department = rng.choice(PLACES), rng.choice(DEPARTMENTS)
    host = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
    return [f"37081200001320{n:06d}", f"{place}{n}号", f"{116.70 + n % 997 / 5000 + rng.random() / 10000:.6f}",
            f"{35.45 + n // 997 % 997 / 5000 + rng.random() / 10000:.6f}",
            f"3708120{rng.randrange(1, 10):02d}{rng.randrange(1, 40):03d}", department, "", host, "554", "1",
            "viewer", "", f"兖州区{place}{n}号", f"20{rng.randrange(10, 26)}-0{rng.randrange(1, 10)}-15",
            f"rtsp://viewer:secret@{host}/main"]


def clean(rng, lst):
    del rng, lst


def gbk(rng, lst):
    del rng
    lst.encoding = "gb18030"
    lst.said.append(Said(1, "", "note", "read as GB18030"))


def mark(rng, lst):
    del rng
    lst.encoding = "utf-8-sig"


def utf16(rng, lst):
    del rng
    lst.encoding, lst.separator = "utf-16", "\t"
    lst.said.append(Said(1, "", "note", "read as UTF-16"))


def semicolons(rng, lst):
    lst.separator = ";"
    rng.choice(lst.rows)[ADDRESS] = "兖州区, 建设路, 1号"


def title(rng, lst):
    del rng
    lst.above = [["兖州区视频监控一览表", *[""] * 14], ["填报单位：大数据中心，2026年", *[""] * 14]]
    lst.said.append(Said(1, "", "note", "above the names of the columns"))


def blank_rows(rng, lst):
    for _ in range(3):
        lst.rows.insert(rng.randrange(len(lst.rows)), [""] * len(HEADER))
    lst.blank = 3


def blanks_around(rng, lst):
    row = rng.choice(lst.rows)
    row[:] = [f"  {field}\t" for field in row]


def unknown_column(rng, lst):
    del rng
    lst.header.append("备注")
    for row in lst.rows:
        row.append("已巡检")
    lst.said.append(Said(1, "", "note", "column is not known"))


def one_position(rng, lst):
    first, *others = rng.sample(range(len(lst.rows)), 6)
    for i in others:
        lst.rows[i][LON:LAT + 1] = lst.rows[first][LON:LAT + 1]
    lst.said.append(Said(0, "lon", "note", "exactly this position"))


def swapped(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][LON], lst.rows[i][LAT] = lst.rows[i][LAT], lst.rows[i][LON]
    lst.refused = 1
    lst.said.append(Said(lst.row(i), "lat", "error", "-90"))


def degrees_in_words(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][LON] = "东经116.8°"
    lst.refused = 1
    lst.said.append(Said(lst.row(i), "lon", "error", "number of degrees"))


def half_position(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][LAT] = ""
    lst.refused = 1
    lst.said.append(Said(lst.row(i), "lat", "error", "both"))


def foreign_division(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][DIVISION] = "370883001001"
    lst.said.append(Said(lst.row(i), "division", "note", "the id"))


def no_camera(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][ID] = lst.rows[i][ID][:10] + "118" + lst.rows[i][ID][13:]
    lst.said.append(Said(lst.row(i), "id", "note", "13th"))


def same_id(rng, lst):
    first, second = sorted(rng.sample(range(len(lst.rows)), 2))
    lst.rows[second][ID] = lst.rows[first][ID]
    lst.refused = 1
    lst.said.append(Said(lst.row(second), "id", "error", f"line {lst.row(first)}"))


def same_address(rng, lst):
    first, second = sorted(rng.sample(range(len(lst.rows)), 2))
    lst.rows[second][URL] = lst.rows[first][URL]
    lst.said.append(Said(lst.row(second), "url_main", "note", f"line {lst.row(first)}"))


def no_id(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][ID] = ""
    lst.refused = 1
    lst.said.append(Said(lst.row(i), "id", "error", "a camera id has"))


def rounded_id(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][ID] = "3.70812E+19"
    lst.refused = 1
    lst.said.append(Said(lst.row(i), "id", "error", "format the column as text"))


def loose_comma(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.raw[i] = ",".join(lst.rows[i]).replace("兖州区", "兖州区,").encode()
    lst.refused = 1
    lst.said.append(Said(lst.row(i), "", "error", "more or fewer fields"))


def broken_characters(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.raw[i] = ",".join(lst.rows[i]).encode()[:40] + b"\xff\xfe" + b"," * (len(HEADER) - 3)
    lst.refused = 1
    lst.said.append(Said(lst.row(i), "", "error", "no characters"))


def open_quote(rng, lst):
    del rng
    i = len(lst.rows) - 1
    lst.raw[i] = ('"' + ",".join(lst.rows[i])).encode()
    lst.refused = 1
    lst.said.append(Said(lst.row(i), "", "error", "quote"))


def device_with_hard_password(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][VENDOR], lst.rows[i][PASSWORD], lst.rows[i][URL] = "海康威视", "p@ss#1%/:?\"x", ""


def unknown_vendor(rng, lst):
    i = rng.randrange(len(lst.rows))
    lst.rows[i][VENDOR], lst.rows[i][URL] = "某某科技", ""
    lst.said += [Said(lst.row(i), "vendor", "note", "vendor"),
                 Said(lst.row(i), "url_main", "note", "cannot be watched")]


KINDS = {f.__name__: f for f in (
    clean, gbk, mark, utf16, semicolons, title, blank_rows, blanks_around, unknown_column, one_position, swapped,
    degrees_in_words, half_position, foreign_division, no_camera, same_id, same_address, no_id, rounded_id,
    loose_comma, broken_characters, open_quote, device_with_hard_password, unknown_vendor)}


def make(kind, seed, rows):
    rng = random.Random(f"{kind} {seed}")
    lst = List(rows=[camera(rng, n) for n in range(rows)])
    KINDS[kind](rng, lst)
    return lst


def to_csv(lst):
    out = io.BytesIO()

    def put(fields, text=io.StringIO):
        buffer = text()
        csv.writer(buffer, delimiter=lst.separator, lineterminator="\r\n").writerow(fields)
        return buffer.getvalue()

    head = "".join(put(fields) for fields in [*lst.above, lst.header])
    if lst.raw:
        out.write(head.encode())
        for i, row in enumerate(lst.rows):
            out.write(lst.raw[i] + b"\r\n" if i in lst.raw else put(row).encode())
        return out.getvalue()
    return (head + "".join(put(row) for row in lst.rows)).encode(lst.encoding)


def to_xlsx(lst, path):
    import openpyxl  # only where a workbook is wanted
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for fields in [*lst.above, lst.header, *lst.rows]:
        sheet.append(fields)
    book.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=8600)
    parser.add_argument("--kind", choices=KINDS, default="clean")
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    lst = make(args.kind, args.seed, args.rows)
    if args.out.suffix == ".xlsx":
        to_xlsx(lst, args.out)
    else:
        args.out.write_bytes(to_csv(lst))


if __name__ == "__main__":
    main()
