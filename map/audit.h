// One entry of the audit log, and what chains it to the entry before it. No I/O, no
// clock, any thread.
//
// Each entry's hash is the SHA-256 of the hash before it and of the entry in the form
// below: nothing can be changed, left out or put in between without every later hash
// being another. Whoever has the entries can count it after; docs/audit.md has the form.
#ifndef GW_MAP_AUDIT_H
#define GW_MAP_AUDIT_H

#include <stddef.h>
#include <stdint.h>

enum {
    GW_AUDIT_HASH = 32, // bytes
    // Bytes of an entry's texts; longer ones are cut behind a whole character.
    GW_AUDIT_WHO_MAX = 128,
    GW_AUDIT_ADDRESS_MAX = 64,
    GW_AUDIT_SESSION_MAX = 16,
    GW_AUDIT_ACTION_MAX = 32,
    GW_AUDIT_SUBJECT_MAX = 256,
    GW_AUDIT_OUTCOME_MAX = 16,
    GW_AUDIT_DETAILS_MAX = 1024,
    GW_AUDIT_TEXTS = 7,
    GW_AUDIT_FORM_MAX = 2048, // bytes of the form, more than all of these
};

// Strings are never NULL; "" where there is nothing to say.
struct gw_audit_entry {
    int64_t seq;         // 1, 2, 3, ... without a gap
    uint64_t at_ms;      // Unix time
    const char *who;     // "user: NAME", "token: NAME", "import: FILE", "engine", ...
    const char *address; // that it came from
    const char *session; // which sign-in, or which word of a token
    const char *action;  // "watch_begin", "camera_changed", ...
    const char *subject; // the camera's id, the account's name, ...
    const char *outcome; // "ok", "wrong", "refused", ...
    int64_t change;      // of the list of changes, 0: of none
    const char *details; // a JSON object, or ""
    const uint8_t *hash; // of an entry that was read, GW_AUDIT_HASH bytes; else NULL
};

// The texts in the order of the form. `i` is below GW_AUDIT_TEXTS.
const char *gw_audit_text(const struct gw_audit_entry *e, size_t i);

// How much of text `i` is kept, in bytes.
size_t gw_audit_text_len(const struct gw_audit_entry *e, size_t i);

// The hash of `e` behind `before`. Returns 0 or -ENOMEM.
int gw_audit_hash(const uint8_t before[GW_AUDIT_HASH], const struct gw_audit_entry *e,
                  uint8_t ret_hash[GW_AUDIT_HASH]);

// A place in the chain, as it is written into the log of the engine and given back to be
// compared: "SEQ:HASH".
struct gw_audit_anchor {
    int64_t seq;
    uint8_t hash[GW_AUDIT_HASH];
};

enum { GW_AUDIT_ANCHOR_TEXT = 20 + 1 + 2 * GW_AUDIT_HASH + 1 }; // NUL included

void gw_audit_anchor_write(const struct gw_audit_anchor *anchor,
                           char ret_text[GW_AUDIT_ANCHOR_TEXT]);

// Returns 0 or -EBADMSG.
int gw_audit_anchor_read(const char *text, struct gw_audit_anchor *ret_anchor);

#endif
