#!/usr/bin/env python3
"""The layer rule: who may include whom, and which third-party header one file may see."""

import pathlib
import re
import sys

MAY_INCLUDE = {
    "base": {"base"},
    "ingest": {"base", "ingest"},
    "mux": {"base", "mux"},
    "ws": {"base", "ws"},
    "map": {"base", "map"},
    "app": {"base", "ingest", "mux", "ws", "map", "app"},
}

# Engine code only: tests may use what they need as a second opinion.
ONLY_IN = {
    # One subject, the library of HTTP and WebSocket: the server, its connections, what the
    # library calls, what it has read of a request.
    "libwebsockets.h": {"ws/server.c", "ws/connection.h", "ws/lws_callbacks.c",
                        "ws/request_head.c"},
    # One subject, SQLite: connection, rows, addresses and their keys, backups, accounts,
    # answers, changes, norms, sessions, the audit log and its verification, schema.
    "sqlite3.h": {"map/sql.c", "map/store.c", "map/store_rows.c", "map/store_addresses.c",
                  "map/store_keys.c", "map/backup.c", "map/restore.c",
                  "map/store_accounts.c", "map/store_answers.c", "map/store_changes.c",
                  "map/store_norms.c", "map/store_sessions.c", "map/store_audit.c", "map/audit_verify.c",
                  "map/migrations.c", "map/places.c", "map/places_query.c"},
    "cjson/cJSON.h": {"ws/control.c", "map/geojson.c", "map/change_json.c",
                      "app/json.c", "app/json_access.c", "app/json_account.c", "app/json_area.c",
                      "app/json_audit.c", "app/json_bulk.c", "app/json_camera.c", "app/json_changes.c",
                      "app/json_import.c", "app/json_page.c", "app/json_place.c", "app/json_session.c",
                      "app/json_sight.c", "app/json_tiles.c"},
    # One subject, GEOS: areas against each other, and cut to map tiles.
    "geos_c.h": {"map/topology.c", "map/area_clip.c"},
    "unicode/utrans.h": {"map/pinyin.c"},
    # Digests towards cameras; passwords and words of our own users; what is kept encrypted.
    "openssl/evp.h": {"ingest/digest_hash.c", "map/secret.c", "map/seal.c"},
    "openssl/hmac.h": {"map/secret.c"},
    # TLS towards cameras; towards browsers who we are and what is asked of it.
    "openssl/ssl.h": {"ingest/tls.c", "ws/identity.c", "ws/secure.c"},
    "openssl/pem.h": {"ws/identity.c"},
}

# libavformat and GDAL read strangers' bytes: each lives in a process of its own, and
# nowhere else.
ONLY_BELOW = {
    "libavformat/": "ingest/worker/",
    "libavcodec/": "ingest/worker/",
    "libavutil/": "ingest/worker/",
    "gdal": "map/table/",
    "ogr_": "map/table/",
    "cpl_": "map/table/",
}

HEADER_LINES_MAX = 200
FILE_LINES_MAX = 700
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)


def problems(root: pathlib.Path):
    for path in sorted(root.glob("*/**/*.[ch]")):
        name = path.relative_to(root).as_posix()
        folder = name.split("/")[0]
        if folder not in MAY_INCLUDE or "node_modules" in name:
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        limit = HEADER_LINES_MAX if name.endswith(".h") else FILE_LINES_MAX
        if lines > limit:
            yield f"{name}: {lines} lines, more than {limit}: two subjects?"
        for kind, header in INCLUDE.findall(text):
            if kind == '"' and header.split("/")[0] not in MAY_INCLUDE[folder]:
                yield f"{name}: {folder}/ must not include {header}"
            if kind == '"' and "/" not in header:
                yield f"{name}: write the folder in front of {header}"
            if kind == "<" and name not in ONLY_IN.get(header, {name}):
                yield f"{name}: <{header}> belongs to {', '.join(sorted(ONLY_IN[header]))}"
            home = next((h for start, h in ONLY_BELOW.items() if header.startswith(start)), "")
            if kind == "<" and not name.startswith(home):
                yield f"{name}: <{header}> belongs below {home}"


def main() -> int:
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "layers: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
