#!/usr/bin/env bash
# `gridwall probe` against simulated cameras, good and bad: its words in both languages,
# its JSON, its exit status, and never a password.
# Arguments: the engine's program.
set -u
gridwall=$1
export LC_ALL=C.UTF-8
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$dir"' EXIT
failed=0
locale=C.UTF-8

# says STATUS TEXT ARGUMENTS...: probe ends with STATUS, and TEXT is in what it wrote.
says() {
    local want=$1 text=$2 out status
    shift 2
    out=$(LC_ALL=$locale "$gridwall" probe "$@" 2>&1)
    status=$?
    if [ "$status" != "$want" ] || [[ $out != *"$text"* ]]; then
        echo "FAILED: probe $*"
        echo "  wanted $want and: $text"
        echo "  got $status and: $out"
        failed=1
    fi
    if [[ $out == *s3cret* ]]; then
        echo "FAILED: a password in: $out"
        failed=1
    fi
}

# farm NAME OPTIONS...: starts one; its port goes to the variable NAME.
farm() {
    local name=$1 line
    shift
    mkfifo "$dir/$name"
    "$GW_FARM" --port 0 --cameras 2 --clip "$GW_CLIPS/main0.mp4" \
        --sub-clip "$GW_CLIPS/sub0.mp4" "$@" >"$dir/$name" 2>/dev/null &
    exec {fd}<"$dir/$name"
    while read -r line <&"$fd" && [[ $line != "listening on"* ]]; do :; done
    printf -v "$name" '%s' "${line##*:}"
}

farm digest --auth admin:s3cret --start-anywhere
good=rtsp://admin:s3cret@127.0.0.1:$digest/cam/00001/main
says 0 'Pictures come' --seconds 1 "$good"
says 0 'sign-in: Digest MD5' --seconds 1 "${good%main}sub"
says 0 "address: rtsp://127.0.0.1:$digest/cam/00001/main" --seconds 1 "$good"
says 0 'key-frame delay' --seconds 1 "$good"
says 0 '"verdict":"pictures"' --json --seconds 1 "$good"
says 0 '"video":"h264"' --json --seconds 1 "$good"
says 0 'does not send by the transport asked for first' --transport udp --seconds 1 "$good"
says 0 'transport: TCP' --seconds 1 "$good#transport=udp"
says 0 '"verdict":"pictures"' --json --seconds 1 - <<<"$good"
says 1 'refuses this user or password' "${good/s3cret/s3cretly}"
says 1 '"cause":"wrong_password"' --json "${good/admin:s3cret@/}"
says 1 '"cause":"not_found"' --json "${good/00001/00009}"
locale=zh_CN.UTF-8
says 0 '结论：' --seconds 1 "$good"
says 1 '用户名或密码被拒绝' "${good/s3cret/s3cretly}"
locale=C.UTF-8

# Nothing comes after PLAY.
farm silent --fault 'stall:all'
says 1 '"cause":"stalled"' --json "rtsp://127.0.0.1:$silent/cam/00001/main"

# A port that was free a moment ago.
farm gone
kill $!
wait $! 2>/dev/null
says 1 'nothing listens on that port' "rtsp://admin:s3cret@127.0.0.1:$gone/1"

# Somebody else: the engine speaks HTTP.
coproc engine {
    exec "$gridwall" serve --no-auth --data "$dir/data" --listen 127.0.0.1:0 2>/dev/null
}
read -r line <&"${engine[0]}"
says 1 'does not speak RTSP' "rtsp://127.0.0.1:${line##*:}/1"

says 1 'The stream address cannot be used' 'rtsp://admin:s3cret@/'
says 1 'Only rtsp:// and rtsps://' 'rtmp://admin:s3cret@127.0.0.1/live/1'
says 1 '"verdict":"not_tested"' --json 'push://:s3cret@'
says 2 'usage: gridwall probe'
says 2 'number from 1 to 3600' --seconds 0 "$good"
says 2 '--transport is auto' --transport pigeon "$good"
says 2 'must be a PEM file' --ca-file "$dir/none.pem" "$good"
says 2 'does not know "--jsn"' --jsn "$good"
says 2 'one address at a time' "$good" "$good"
says 0 'usage: gridwall probe' --help

exit $failed
