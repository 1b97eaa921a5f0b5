// Properties: a moment, a place and an anchor that can be read are the same when they are
// written and read again; entries that differ have hashes that differ, wherever one text
// ends and the next one begins.
#include "app/audit_question.h"
#include "app/time_text.h"
#include "map/audit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 128 };

static void check_moment(const char *text)
{
    char again[GW_TIME_TEXT];
    uint64_t ms, same;
    if (gw_time_read(text, &ms) < 0)
        return;
    gw_time_write(ms, again);
    if (gw_time_read(again, &same) < 0 || same != ms)
        abort();
}

static void check_place(const char *text)
{
    struct gw_audit_query q = { 0 };
    struct gw_text help;
    char again[GW_AUDIT_PLACE_TEXT];
    if (gw_audit_question_set(&q, "cursor", text, &help) < 0)
        return;
    const struct gw_audit_place place = { q.before_ms, q.before_seq };
    gw_audit_place_write(&place, again);
    if (q.before_seq <= 0 || strcmp(again, text) != 0)
        abort();
}

static void check_anchor(const char *text)
{
    struct gw_audit_anchor anchor;
    char again[GW_AUDIT_ANCHOR_TEXT];
    if (gw_audit_anchor_read(text, &anchor) < 0)
        return;
    gw_audit_anchor_write(&anchor, again);
    if (anchor.seq <= 0 || strcmp(again, text) != 0)
        abort();
}

// The hash of an entry whose first two texts are `text`, cut behind `cut` bytes.
static void hash_of(const char *text, size_t cut, uint8_t ret_hash[GW_AUDIT_HASH])
{
    static const uint8_t before[GW_AUDIT_HASH];
    char who[TEXT_MAX + 1];
    memcpy(who, text, cut);
    who[cut] = '\0';
    const struct gw_audit_entry e = { .seq = 1,
                                      .who = who,
                                      .address = text + cut,
                                      .session = "",
                                      .action = "",
                                      .subject = "",
                                      .outcome = "",
                                      .details = "" };
    if (gw_audit_hash(before, &e, ret_hash) < 0)
        abort();
}

static void check_hashes(const char *text, size_t len)
{
    uint8_t one[GW_AUDIT_HASH], other[GW_AUDIT_HASH];
    if (len == 0 || len > GW_AUDIT_ADDRESS_MAX)
        return; // longer ones are cut
    hash_of(text, 0, one);
    for (size_t cut = 1; cut <= len; cut++) {
        hash_of(text, cut, other);
        if (memcmp(one, other, sizeof(one)) == 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_MAX + 1];
    size = size > TEXT_MAX ? TEXT_MAX : size;
    memcpy(text, data, size);
    text[size] = '\0';
    check_moment(text);
    check_place(text);
    check_anchor(text);
    check_hashes(text, strlen(text));
    return 0;
}
