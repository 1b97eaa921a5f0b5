# Sourced by ./demo and ./check: words on the terminal, and Debian packages that
# are missing on a fresh Debian 12. Expects to run in the project's root.

STARTED=$(date +%s)
LOG=build/log

zh() { case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in zh*) return 0 ;; *) return 1 ;; esac }

# say ENGLISH CHINESE
say() {
    if zh; then set -- "$2"; else set -- "$1"; fi
    printf '\033[1m[%3ss]\033[0m %s\n' "$(($(date +%s) - STARTED))" "$1"
}

# run NAME COMMAND...: output goes to build/log/NAME, and is shown if it fails.
run() {
    local name=$1
    shift
    mkdir -p "$LOG"
    if "$@" >"$LOG/$name" 2>&1; then
        return 0
    fi
    tail -n 60 "$LOG/$name"
    say "failed: $* (all of its output: $LOG/$name)" "失败：$*（完整输出：$LOG/$name）"
    return 1
}

# run_counted NAME COMMAND...: as run; on a terminal, how far it is ("[12/144] ...")
# stands in one line that is written over.
run_counted() {
    local counter="" r=0
    if [ -t 1 ]; then
        # The counter goes when this script does, whatever ends it.
        while sleep 1 && kill -0 $$ 2>/dev/null; do
            printf '\r\033[K       %.70s' "$(tr '\r' '\n' 2>/dev/null <"$LOG/$1" |
                grep '^\[[0-9]*/[0-9]*\]' | tail -n 1)"
        done &
        counter=$!
    fi
    run "$@" || r=$?
    if [ -n "$counter" ]; then
        kill "$counter" 2>/dev/null || true
        wait "$counter" 2>/dev/null || true # it says that it was killed
        printf '\r\033[K'
    fi
    return $r
}

PACKAGES_BUILD="gcc libc6-dev meson ninja-build pkg-config git ca-certificates python3
    libwebsockets-dev libuv1-dev libssl-dev libsqlite3-dev libcjson-dev libicu-dev
    libavformat-dev libavcodec-dev libavutil-dev
    libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
    gstreamer1.0-plugins-ugly"

# For gridwall-table, and to compare cells; the demonstration does without.
PACKAGES_TABLES="libgdal-dev libgeos-dev"

PACKAGES_CHECK="libcmocka-dev libembree-dev libproj-dev libsqlite3-mod-spatialite
    clang clang-format libclang-rt-14-dev llvm ffmpeg
    libgstrtspserver-1.0-dev glib-networking openssl gstreamer1.0-libav chromium fonts-noto-cjk
    python3-yaml python3-jsonschema python3-cryptography gdal-bin python3-gdal python3-openpyxl"

# promtool, out of the Debian package of the server, which is not installed: it would
# start a service.
TOOLS=build/tools
prepare_promtool() {
    [ -x "$TOOLS/promtool" ] && return 0
    local dir=$TOOLS/package
    rm -rf "$dir" && mkdir -p "$dir" &&
        (cd "$dir" && apt-get download prometheus) &&
        dpkg-deb --fsys-tarfile "$dir"/prometheus_*.deb |
        tar -x -C "$dir" ./usr/bin/promtool &&
        mv "$dir/usr/bin/promtool" "$TOOLS/promtool" && rm -rf "$dir"
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# prepare PACKAGE...: installs those that are not there.
prepare() {
    local missing="" package sudo=""
    for package in "$@"; do
        installed "$package" || missing="$missing $package"
    done
    # Any Node.js from 18 on will do, wherever it came from.
    if ! node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null ||
        ! command -v npm >/dev/null; then
        missing="$missing nodejs npm"
    fi
    [ -z "$missing" ] && return 0

    if [ "$(id -u)" != 0 ]; then
        sudo=$(command -v sudo) || {
            say "please install as root: apt-get install$missing" \
                "请以 root 安装：apt-get install$missing"
            return 1
        }
    fi
    say "installing Debian packages:$missing" "正在安装 Debian 软件包：$missing"
    run apt-update $sudo apt-get update &&
        run apt-install $sudo env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends $missing
}
