# For tests of the command line; read by them. `failed` is 1 after the first that does not
# hold; `input`, where it is set, is what the command reads.
failed=0

# says STATUS TEXT COMMAND...: it ends with STATUS, and TEXT is in what it wrote.
says() {
    local want=$1 text=$2 out status
    shift 2
    out=$("$@" 2>&1 <<<"${input-}")
    status=$?
    if [ "$status" != "$want" ] || [[ $out != *"$text"* ]]; then
        echo "FAILED: $*"
        echo "  wanted $want and: $text"
        echo "  got $status and: $out"
        failed=1
    fi
}
