#!/usr/bin/env bash
# Users and tokens from the command line. Arguments: the engine's program.
set -u
gridwall=$1
export LC_ALL=C.UTF-8
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
data=$dir/data
. "$(dirname "$0")/says.sh"

input='correct horse battery'
says 2 'usage: gridwall user' "$gridwall" user
says 2 'needs a role' "$gridwall" user add wang --data "$data"
says 2 '"king" is no role' "$gridwall" user add wang --data "$data" --role king
says 2 '"town=3" is no scope' "$gridwall" user add wang --data "$data" --role viewer --scope town=3
says 2 'is no name' "$gridwall" user add $'a\nb' --data "$data" --role viewer
says 2 'usage: gridwall user' "$gridwall" user add --data "$data" --role viewer
input=short says 1 'a password has 10 to 256 bytes' "$gridwall" user add wang --data "$data" --role viewer
input=$(printf 'x%.0s' {1..300}) says 1 'a password has 10' "$gridwall" user add wang --data "$data" --role viewer
says 0 '' "$gridwall" user add wang --data "$data" --role viewer \
    --scope division=370812001 --scope 'department=卫健局'
says 1 '"wang" exists already' "$gridwall" user add wang --data "$data" --role viewer
says 0 $'wang\tviewer\tactive\t-\tdivision=370812001 department=卫健局' "$gridwall" user list --data "$data"
says 0 '' "$gridwall" user scope wang --data "$data" --role dispatcher --scope all
says 0 $'wang\tdispatcher\tactive\t-\tall' "$gridwall" user list --data "$data"
says 0 '' "$gridwall" user disable wang --data "$data"
says 0 $'wang\tdispatcher\tdisabled\t-\tall' "$gridwall" user list --data "$data"
says 0 '' "$gridwall" user enable wang --data "$data"
says 0 '' "$gridwall" user scope wang --data "$data" --scope none
says 0 $'wang\tdispatcher\tactive\t-\t' "$gridwall" user list --data "$data"
input='another horse battery' says 0 '' "$gridwall" user passwd wang --data "$data"
says 1 'there is no "li"' "$gridwall" user disable li --data "$data"
says 2 '新增用户须指定角色' env LC_ALL=zh_CN.UTF-8 "$gridwall" user add li --data "$data"

says 2 '--days takes a whole number' "$gridwall" token create t --data "$data" --role viewer --days 0
word=$("$gridwall" token create robot --data "$data" --role viewer --scope all --days 7)
[[ $word =~ ^[0-9a-f]{64}$ ]] || { echo "FAILED: no word: $word"; failed=1; }
until=$(date -u -d '+7 days' +%F)
says 0 $'robot\tviewer\tactive\t'"$until"$'\tall' "$gridwall" token list --data "$data"
says 0 '' "$gridwall" token revoke robot --data "$data"
says 0 $'robot\tviewer\trevoked' "$gridwall" token list --data "$data"
says 1 'there is no "other"' "$gridwall" token revoke other --data "$data"

# What is kept of passwords and words is neither of them.
for secret in 'horse battery' "$word"; do
    ! grep -aqF "$secret" "$data"/gridwall.db* || { echo "FAILED: kept: $secret"; failed=1; }
done
[ "$(stat -c %a "$data/gridwall.db")" = 600 ] || { echo 'FAILED: others may read it'; failed=1; }
exit $failed
