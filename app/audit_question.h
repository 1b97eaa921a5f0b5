// What is asked of the audit log, from an address or a command line: the same words for
// both. No I/O.
#ifndef GW_APP_AUDIT_QUESTION_H
#define GW_APP_AUDIT_QUESTION_H

#include "base/text.h"
#include "map/store_audit.h"

enum { GW_AUDIT_PLACE_TEXT = 44 }; // bytes of "MILLISECONDS-SEQ", NUL included

// Sets what `key` says: from, to (moments or days), who, camera, action, cursor. `value`
// is borrowed as long as `q`. Returns 0, -ENOENT when there is no such key, or -EINVAL
// with what it should be in *ret_help.
int gw_audit_question_set(struct gw_audit_query *q, const char *key, const char *value,
                          struct gw_text *ret_help);

// A cursor, as the key takes it.
void gw_audit_place_write(const struct gw_audit_place *place,
                          char ret_text[GW_AUDIT_PLACE_TEXT]);

#endif
