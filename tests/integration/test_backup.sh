#!/usr/bin/env bash
# Backup and restore beside a running engine, by the commands. Arguments: the engine's program.
set -u
gridwall=$1
export LC_ALL=C.UTF-8
dir=$(mktemp -d)
engine=
trap '[ -z "$engine" ] || kill "$engine"; wait; rm -rf "$dir"' EXIT
data=$dir/data
. "$(dirname "$0")/says.sh"

# Starts the engine on $data; its port is in $port.
serve() {
    local line
    coproc "$gridwall" serve --data "$data" --listen 127.0.0.1:0 --no-auth 2>"$dir/log"
    engine=$COPROC_PID
    read -r line <&"${COPROC[0]}"
    port=${line##*:}
}

stop() {
    kill "$engine"
    wait "$engine"
    engine=
}

# The ids of all cameras, as the engine answers.
cameras() {
    python3 -c 'import json, sys, urllib.request
url = f"http://127.0.0.1:{sys.argv[1]}/api/v1/cameras?limit=100"
print(*(c["id"] for c in json.load(urllib.request.urlopen(url))["items"]))' "$port"
}

# The engine looks once a second for what other processes have written.
await_cameras() {
    until [ "$(cameras)" = "$1" ]; do :; done
}

list() {
    printf 'id,url_main\n%s,rtsp://admin:Xk9-geheim-7@10.0.0.1/1\n' "$1" >"$dir/list.csv"
    "$gridwall" import --data "$data" "$dir/list.csv" 2>/dev/null >&2
}

says 2 'usage: gridwall backup' "$gridwall" backup --data "$data"
says 2 'usage: gridwall restore' "$gridwall" restore --data "$data"
says 2 'usage: gridwall rotate-key' "$gridwall" rotate-key
says 2 'there is no option "--too"' "$gridwall" backup --data "$data" --too x
says 1 'there is no registry' "$gridwall" backup --data "$data" --to "$dir/b1"
says 1 'there is no registry' "$gridwall" rotate-key --data "$data"

list a
serve
says 0 '' "$gridwall" backup --data "$data" --to "$dir/b1"
says 1 'is there already' "$gridwall" backup --data "$data" --to "$dir/b1"
says 0 '' "$gridwall" backup --data "$data" --to "$dir/b2" --with-key
[ ! -e "$dir/b1/gridwall.key" ] || { echo 'FAILED: the key is in a backup without it'; failed=1; }
grep -rq geheim "$dir/b1" "$dir/b2" "$data" && { echo 'FAILED: a password is in a file'; failed=1; }
list b
await_cameras 'a b'
says 0 '2 stream addresses have a new key' "$gridwall" rotate-key --data "$data"
says 0 'a b' cameras
says 1 'an engine or another command' "$gridwall" restore --data "$data" --from "$dir/b2" --replace
LC_ALL=zh_CN.UTF-8 says 1 '正在使用该目录' "$gridwall" restore --data "$data" --from "$dir/b2" --replace
says 0 'a b' cameras
stop

says 1 'add --replace' "$gridwall" restore --data "$data" --from "$dir/b2"
says 1 'does not hold the key' "$gridwall" restore --data "$data" --from "$dir/b1" --replace
says 1 'there is no registry' "$gridwall" restore --data "$data" --from "$dir/nothing" --replace
says 0 '' "$gridwall" restore --data "$data" --from "$dir/b2" --replace
serve
says 0 'a' cameras
[ "$(cameras)" = a ] || { echo "FAILED: the backup has a, not $(cameras)"; failed=1; }
stop
grep -q addresses_unreadable "$dir/log" && { echo 'FAILED: an address does not open'; failed=1; }

# A backup is a data directory.
data=$dir/b2 serve
[ "$(cameras)" = a ] || { echo 'FAILED: no engine starts on a backup'; failed=1; }
stop
exit $failed
