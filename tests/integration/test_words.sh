#!/usr/bin/env bash
# What the command line says when something is wrong: what, where, how to mend it.
# Arguments: the engine's program.
set -u
gridwall=$1
export LC_ALL=C.UTF-8
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$dir"' EXIT
. "$(dirname "$0")/says.sh"

printf '# a comment\n\nlisten_on = 127.0.0.1:1\n' >"$dir/conf"
says 1 "$dir/conf:3: there is no setting \"listen_on\"" "$gridwall" check-config "$dir/conf"
says 2 "$dir/conf:3: there is no setting" "$gridwall" serve --config "$dir/conf" --no-auth
says 2 'Did you mean "data"?' "$gridwall" serve --dta "$dir"
says 2 'there is no command "sevre"' "$gridwall" sevre
says 1 'to 0.0.0.0:0 in the clear' "$gridwall" serve --data "$dir/data" --listen 0.0.0.0:0
says 1 '以明文经网络传到' env LC_ALL=zh_CN.UTF-8 "$gridwall" serve --data "$dir/data" --listen 0.0.0.0:0
says 1 'let anybody who reaches 0.0.0.0:0 watch' \
    "$gridwall" serve --no-auth --data "$dir/data" --listen 0.0.0.0:0
says 1 'is not an address' "$gridwall" serve --no-auth --data "$dir/data" --listen 127.0.0.1:x

says 1 "cannot use --ca-file $dir/nothing.pem" \
    "$gridwall" serve --no-auth --data "$dir/data" --listen 127.0.0.1:0 --ca-file "$dir/nothing.pem"

# A certificate and its key: what is wrong with which file, in both languages, and the
# same where only the settings are looked at.
tls() {
    says 1 "$1" "$gridwall" serve --no-auth --data "$dir/data" --listen 127.0.0.1:0 \
        --tls-cert "$dir/$2" --tls-key "$dir/$3"
    printf 'tls-cert = %s\ntls-key = %s\n' "$dir/$2" "$dir/$3" >"$dir/tls.conf"
    says 1 "$1" "$gridwall" check-config "$dir/tls.conf"
    says 1 "${4:-私钥}" env LC_ALL=zh_CN.UTF-8 "$gridwall" check-config "$dir/tls.conf"
}
for name in own other; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
        -days 2 -keyout "$dir/$name.key" -out "$dir/$name.crt" 2>/dev/null
done
openssl req -x509 -newkey rsa:1024 -nodes -subj /CN=weak -days 2 -keyout "$dir/weak.key" \
    -out "$dir/weak.crt" 2>/dev/null
openssl pkey -in "$dir/own.key" -aes128 -passout pass:s3cret -out "$dir/locked.key"
cp "$dir/own.key" "$dir/exposed.key"
cp "$dir/own.crt" "$dir/crt.key"
chmod 600 "$dir"/*.key
chmod 640 "$dir/exposed.key"
{ cat "$dir/own.crt"; head -3 "$dir/other.crt"; } >"$dir/cut.crt"
says 2 'tls-cert is set and tls-key is not' "$gridwall" serve --no-auth --tls-cert "$dir/own.crt"
says 2 'tls-key is set and tls-cert is not' "$gridwall" serve --no-auth --tls-key "$dir/own.key"
tls "cannot read the certificate, tls-cert $dir/nothing.crt: No such file" nothing.crt own.key 证书
tls "cannot read the private key, tls-key $dir/nothing.key: No such file" own.crt nothing.key
tls "tls-cert $dir/conf is not a certificate in PEM form" conf own.key 证书
tls "tls-cert $dir/cut.crt is not a certificate in PEM form" cut.crt own.key 证书
tls "tls-cert $dir/weak.crt cannot be used" weak.crt weak.key 证书
tls "tls-key $dir/crt.key is not a private key" own.crt crt.key
tls "tls-key $dir/locked.key is locked by a passphrase" own.crt locked.key
tls "chmod 600 $dir/exposed.key" own.crt exposed.key
tls "tls-key $dir/other.key does not belong to the first certificate" own.crt other.key
printf 'tls-cert = %s\ntls-key = %s\n' "$dir/own.crt" "$dir/own.key" >"$dir/tls.conf"
says 0 "$dir/tls.conf: good." "$gridwall" check-config "$dir/tls.conf"

# A port in use: the first engine says which one it has.
coproc first { exec "$gridwall" serve --no-auth --data "$dir/data" --listen 127.0.0.1:0 2>/dev/null; }
read -r line <&"${first[0]}"
says 1 'another program uses that port' \
    "$gridwall" serve --no-auth --data "$dir/other" --listen "127.0.0.1:${line##*:}"

# A file stands where the data directory should be.
says 1 "$dir/conf" "$gridwall" serve --no-auth --data "$dir/conf" --listen 127.0.0.1:0
says 1 'No such file' "$gridwall" import --data "$dir/data" "$dir/nothing.csv"

# Good lines are kept, each bad one is named; no address and so no password is shown.
cat >"$dir/cameras.csv" <<'CSV'
id,name,lon,lat,division,department,url_main,url_sub
good-1,Gate,116.8,35.5,,,rtsp://u:s3cret@127.0.0.1/1,
bad id,Gate,116.8,35.5,,,rtsp://u:s3cret@127.0.0.1/2,
bad-lon,Gate,two,35.5,,,rtsp://u:s3cret@127.0.0.1/3,
bad-url,Gate,116.8,35.5,,,ftp://u:s3cret@127.0.0.1/4,
good-2,Gate,116.9,35.5,,,rtsp://u:s3cret@127.0.0.1/5,
CSV
out=$("$gridwall" import --data "$dir/data" "$dir/cameras.csv" 2>&1)
for text in 'cameras.csv:3: error: id' 'cameras.csv:4: error: lon "two"' \
    'cameras.csv:5: error: url_main' '5 read, 2 new, 0 changed, 0 unchanged, 3 refused'; do
    [[ $out == *"$text"* ]] || { echo "FAILED: the import does not say: $text"; failed=1; }
done
[[ $out != *s3cret* ]] || { echo "FAILED: the import shows a password"; failed=1; }
[ $failed = 0 ] || echo "$out"

# What a list would change, on the terminal and as a table: a spreadsheet program opens
# it, and runs nothing of it as a formula.
cat >"$dir/again.csv" <<'CSV'
id,name,lon,lat,division,department,url_main,url_sub
good-1,"=HYPERLINK(""x"")",116.8,35.5,,,rtsp://u:other@127.0.0.1/1,
good-3,Pond,116.8,35.5,,,rtsp://u:s3cret@127.0.0.1/3,
-bad id,Gate,116.8,35.5,,,rtsp://u:s3cret@127.0.0.1/2,
CSV
dry=$("$gridwall" import --data "$dir/data" --dry-run --report "$dir/report.csv" "$dir/again.csv" 2>&1)
for text in 'again.csv:2: changed: good-1 name: "Gate" -> "=HYPERLINK("x")"' \
    'again.csv:2: changed: good-1 url_main' 'again.csv:3: new: good-3 Pond' \
    'again.csv: not in the file: good-2 Gate' '1 refused, 0 notes, 1 not in the file'; do
    [[ $dry == *"$text"* ]] || { echo "FAILED: the dry run does not say: $text: $dry"; failed=1; }
done
table=$(cat "$dir/report.csv")
for text in $'\xef\xbb\xbf"file","row","column","value","severity","what","done"\r' \
    'again.csv","2","name","'"'"'=HYPERLINK(""x"")","changed","good-1: before ""Gate""","nothing: a dry run"' \
    'again.csv","4","id","'"'"'-bad id","error",' \
    'again.csv","","","Gate","gone","good-2","stays in the registry"'; do
    [[ $table == *"$text"* ]] || { echo "FAILED: the report does not have: $text: $table"; failed=1; }
done
[[ $dry$table != *other@* && $dry$table != *s3cret* ]] || { echo "FAILED: a password is shown"; failed=1; }
says 0 ',"级别",' env LC_ALL=zh_CN.UTF-8 sh -c '
    "$1" import --data "$2/data" --dry-run --report "$2/zh.csv" "$2/cameras.csv"; cat "$2/zh.csv"' \
    - "$gridwall" "$dir"
says 1 "cannot write the report $dir/no/r.csv: No such file" \
    "$gridwall" import --data "$dir/data" --report "$dir/no/r.csv" "$dir/again.csv"
says 1 'nothing of it is kept' "$gridwall" import --data "$dir/data" --all-or-nothing "$dir/again.csv"
says 0 '1 new' "$gridwall" import --data "$dir/data" --dry-run <(sed 4d "$dir/again.csv")

exit $failed
