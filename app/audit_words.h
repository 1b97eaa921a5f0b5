// A verdict on the audit log in words, and whether it is one to be content with.
#ifndef GW_APP_AUDIT_WORDS_H
#define GW_APP_AUDIT_WORDS_H

#include "map/audit_verify.h"

#include <stdbool.h>

enum { GW_AUDIT_WORDS_MAX = 1024 }; // bytes, NUL included

// No fault, and the end was checked too.
bool gw_audit_is_good(const struct gw_audit_verdict *v);

// One or two sentences: what is there, from when to when, and what is wrong.
void gw_audit_words(const struct gw_audit_verdict *v, enum gw_lang lang,
                    char ret_words[GW_AUDIT_WORDS_MAX]);

#endif
