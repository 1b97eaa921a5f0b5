// The key by which the end of the audit log is signed: 32 random bytes in hexadecimal
// digits, DIR/audit.key, for its owner only; behind them, once something is signed with
// it, the word "used": a log without a signature has then lost it. Whoever can write the
// database but has no key cannot shorten the log unseen.
#ifndef GW_MAP_AUDIT_KEY_H
#define GW_MAP_AUDIT_KEY_H

#include "map/secret.h"

enum { GW_AUDIT_KEY_ID = 8 }; // bytes that tell keys apart and tell nothing of them

struct gw_audit_key {
    uint8_t bytes[GW_SECRET_BYTES];
    bool used;
};

// Returns 0; -ENOENT when there is none yet; -ENOKEY when the file holds none; -EACCES,
// -EIO.
int gw_audit_key_read(const char *dir, struct gw_audit_key *ret_key);

// Makes one, on disk when it returns; where another process was first, reads that.
// Returns 0 or as above, -ENOSPC.
int gw_audit_key_make(const char *dir, struct gw_audit_key *ret_key);

// Something that is on disk is signed with it. Returns 0 or as above, -ENOSPC.
int gw_audit_key_use(const char *dir);

// Returns 0 or -ENOMEM.
int gw_audit_key_id(const struct gw_audit_key *key, uint8_t ret_id[GW_AUDIT_KEY_ID]);

#endif
