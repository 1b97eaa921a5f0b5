#include "app/json_audit.h"

#include "app/audit_question.h"
#include "app/audit_words.h"
#include "app/json_internal.h"
#include "map/secret.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>

struct gw_json_audit {
    cJSON *items;
};

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

// NULL: out of memory.
static cJSON *item_of(const struct gw_audit_entry *e)
{
    enum { FIELDS = 12 };
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
    if (cJSON_GetArraySize(item) == FIELDS)
        return item;
    cJSON_Delete(item); // one had no room
    return NULL;
}

char *gw_json_audit_line(const struct gw_audit_entry *entry)
{
    cJSON *item = item_of(entry);
    char *line = item ? cJSON_PrintUnformatted(item) : NULL;
    cJSON_Delete(item);
    return line;
}

struct gw_json_audit *gw_json_audit_create(void)
{
    struct gw_json_audit *page = calloc(1, sizeof(*page));
    if (!page)
        return NULL;
    page->items = cJSON_CreateArray();
    if (page->items)
        return page;
    free(page);
    return NULL;
}

void gw_json_audit_destroy(struct gw_json_audit *page)
{
    if (!page)
        return;
    cJSON_Delete(page->items);
    free(page);
}

int gw_json_audit_add(struct gw_json_audit *page, const struct gw_audit_entry *entry)
{
    cJSON *item = item_of(entry);
    if (!item)
        return -ENOMEM;
    cJSON_AddItemToArray(page->items, item);
    return 0;
}

// Takes `root` too.
static struct gw_buf *print_whole(cJSON *root, int fields)
{
    if (root && cJSON_GetArraySize(root) == fields)
        return gw_json_print(root);
    cJSON_Delete(root);
    return NULL;
}

struct gw_buf *gw_json_audit_print(struct gw_json_audit *page,
                                   const struct gw_audit_place *next)
{
    char cursor[GW_AUDIT_PLACE_TEXT];
    cJSON *root = cJSON_CreateObject();
    if (root && cJSON_AddItemToObject(root, "items", page->items))
        page->items = NULL;
    if (root && next->seq) {
        gw_audit_place_write(next, cursor);
        cJSON_AddStringToObject(root, "cursor", cursor);
    }
    gw_json_audit_destroy(page);
    return print_whole(root, next->seq ? 2 : 1);
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
    return print_whole(root, FIELDS);
}
