#include "app/json_audit.h"

#include "app/audit_question.h"
#include "app/audit_words.h"
#include "app/json_internal.h"
#include "map/secret.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>

static void add_hash(cJSON *item, const uint8_t *hash)
{
    char hex[GW_SECRET_TEXT] = "";
    if (hash)
        gw_secret_hex(hash, hex);
    cJSON_AddStringToObject(item, "hash", hex);
}

// Byte for byte as it was written down, for the hash is over that; if it is JSON still.
static void add_details(cJSON *item, const char *json)
{
    cJSON *parsed = *json ? cJSON_Parse(json) : NULL;
    if (parsed)
        cJSON_AddRawToObject(item, "details", json);
    else
        cJSON_AddNullToObject(item, "details");
    cJSON_Delete(parsed);
}

enum { ENTRY_MEMBERS = 12 };

// NULL: out of memory.
static cJSON *item_of(const struct gw_audit_entry *e)
{
    cJSON *item = cJSON_CreateObject();
    if (!item)
        return NULL;
    cJSON_AddNumberToObject(item, "seq", (double)e->seq);
    gw_json_add_time(item, "at", e->at_ms);
    cJSON_AddNumberToObject(item, "at_ms", (double)e->at_ms);
    cJSON_AddStringToObject(item, "who", e->who);
    cJSON_AddStringToObject(item, "address", e->address);
    cJSON_AddStringToObject(item, "session", e->session);
    cJSON_AddStringToObject(item, "action", e->action);
    cJSON_AddStringToObject(item, "subject", e->subject);
    cJSON_AddStringToObject(item, "outcome", e->outcome);
    cJSON_AddNumberToObject(item, "change", (double)e->change);
    add_details(item, e->details);
    add_hash(item, e->hash);
    return item;
}

char *gw_json_audit_line(const struct gw_audit_entry *entry)
{
    cJSON *item = item_of(entry);
    bool whole = item && cJSON_GetArraySize(item) == ENTRY_MEMBERS;
    char *line = whole ? cJSON_PrintUnformatted(item) : NULL;
    cJSON_Delete(item);
    return line;
}

int gw_json_audit_add(struct gw_json_page *page, const struct gw_audit_entry *entry)
{
    return gw_json_page_add(page, item_of(entry), ENTRY_MEMBERS);
}

struct gw_buf *gw_json_audit_print(struct gw_json_page *page,
                                   const struct gw_audit_place *next)
{
    char cursor[GW_AUDIT_PLACE_TEXT];
    cJSON *root = gw_json_page_end(page);
    if (root && next->seq) {
        gw_audit_place_write(next, cursor);
        cJSON_AddStringToObject(root, "cursor", cursor);
    }
    return gw_json_print_whole(root, next->seq ? 2 : 1);
}

static void add_times(cJSON *root, const struct gw_audit_verdict *v)
{
    if (v->entries) {
        gw_json_add_time(root, "from", v->from_ms);
        gw_json_add_time(root, "to", v->to_ms);
    } else {
        cJSON_AddNullToObject(root, "from");
        cJSON_AddNullToObject(root, "to");
    }
}

struct gw_buf *gw_json_audit_verdict(const struct gw_audit_verdict *v, enum gw_lang lang)
{
    enum { FIELDS = 11 };
    char words[GW_AUDIT_WORDS_MAX], anchor[GW_AUDIT_ANCHOR_TEXT] = "";
    cJSON *root = cJSON_CreateObject();
    if (!root)
        return NULL;
    gw_audit_words(v, lang, words);
    if (v->end.seq)
        gw_audit_anchor_write(&v->end, anchor);
    cJSON_AddBoolToObject(root, "good", gw_audit_is_good(v));
    cJSON_AddStringToObject(root, "fault", gw_audit_fault_name(v->fault));
    cJSON_AddNumberToObject(root, "fault_seq", (double)v->fault_seq);
    cJSON_AddNumberToObject(root, "entries", (double)v->entries);
    cJSON_AddNumberToObject(root, "changes", (double)v->changes);
    cJSON_AddNumberToObject(root, "pruned", (double)v->pruned);
    add_times(root, v);
    cJSON_AddBoolToObject(root, "end_checked", v->has_key && !v->other_key);
    cJSON_AddStringToObject(root, "anchor", anchor);
    cJSON_AddStringToObject(root, "words", words);
    return gw_json_print_whole(root, FIELDS);
}
