#include "map/audit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "map/secret.h"

static const size_t text_max[GW_AUDIT_TEXTS] = {
    GW_AUDIT_WHO_MAX,     GW_AUDIT_ADDRESS_MAX, GW_AUDIT_SESSION_MAX, GW_AUDIT_ACTION_MAX,
    GW_AUDIT_SUBJECT_MAX, GW_AUDIT_OUTCOME_MAX, GW_AUDIT_DETAILS_MAX,
};

const char *gw_audit_text(const struct gw_audit_entry *e, size_t i)
{
    const char *const texts[GW_AUDIT_TEXTS] = {
        e->who, e->address, e->session, e->action, e->subject, e->outcome, e->details,
    };
    return texts[i];
}

size_t gw_audit_text_len(const struct gw_audit_entry *e, size_t i)
{
    const char *text = gw_audit_text(e, i);
    size_t len = strnlen(text, text_max[i] + 1);
    if (len <= text_max[i])
        return len;
    for (len = text_max[i]; len > 0 && (text[len] & 0xc0) == 0x80;)
        len--;
    return len;
}

// "GWA1", the hash before, then in network order the numbers, and each text behind its
// length: two entries that differ have forms that differ.
static size_t write_form(const uint8_t before[GW_AUDIT_HASH],
                         const struct gw_audit_entry *e, uint8_t form[GW_AUDIT_FORM_MAX])
{
    struct gw_writer w = gw_writer_init(form, GW_AUDIT_FORM_MAX);
    gw_write_bytes(&w, "GWA1", 4);
    gw_write_bytes(&w, before, GW_AUDIT_HASH);
    gw_write_u64(&w, (uint64_t)e->seq);
    gw_write_u64(&w, e->at_ms);
    gw_write_u64(&w, (uint64_t)e->change);
    for (size_t i = 0; i < GW_AUDIT_TEXTS; i++) {
        size_t len = gw_audit_text_len(e, i);
        gw_write_u32(&w, (uint32_t)len);
        gw_write_bytes(&w, gw_audit_text(e, i), len);
    }
    return w.pos;
}

int gw_audit_hash(const uint8_t before[GW_AUDIT_HASH], const struct gw_audit_entry *e,
                  uint8_t ret_hash[GW_AUDIT_HASH])
{
    uint8_t form[GW_AUDIT_FORM_MAX];
    size_t len = write_form(before, e, form);
    return gw_secret_sha256(form, len, ret_hash);
}

void gw_audit_anchor_write(const struct gw_audit_anchor *anchor,
                           char ret_text[GW_AUDIT_ANCHOR_TEXT])
{
    char hash[GW_SECRET_TEXT];
    gw_secret_hex(anchor->hash, hash);
    snprintf(ret_text, GW_AUDIT_ANCHOR_TEXT, "%" PRId64 ":%s", anchor->seq, hash);
}

int gw_audit_anchor_read(const char *text, struct gw_audit_anchor *ret_anchor)
{
    struct gw_audit_anchor anchor;
    char *end;
    if (*text < '1' || *text > '9')
        return -EBADMSG;
    errno = 0;
    anchor.seq = strtoll(text, &end, 10);
    if (errno || *end != ':' || gw_secret_unhex(end + 1, anchor.hash) < 0)
        return -EBADMSG;
    *ret_anchor = anchor;
    return 0;
}
