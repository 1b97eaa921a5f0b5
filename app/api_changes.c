#include "app/api_changes.h"

#include "app/json_changes.h"
#include "map/store.h"

#include <errno.h>
#include <stdlib.h>

static const struct gw_text bad_cursor = {
    "cursor is the number that the page before ended with.",
    "cursor 应为上一页返回的数字。",
};

static int read_cursor(const char *text, int64_t *ret_seq)
{
    char *end;
    errno = 0;
    long long seq = strtoll(text, &end, 10);
    if (errno || end == text || *end || seq <= 0)
        return -EINVAL;
    *ret_seq = seq;
    return 0;
}

static int on_change(void *arg, const struct gw_change *change)
{
    return gw_json_changes_add(arg, change);
}

static int read_changes(const char *dir, const char *camera, int64_t before_seq,
                        struct gw_json_page *page)
{
    char words[GW_STORE_ERROR_MAX];
    struct gw_store *store = NULL;
    int r = gw_store_open(dir, &store, words);
    if (r < 0)
        return r;
    r = gw_store_each_change(store, camera, before_seq, on_change, page);
    gw_store_close(store);
    return r;
}

struct gw_answer gw_api_changes(const struct gw_read_request *request,
                                const struct gw_query_string *params)
{
    const char *cursor = gw_query_string_get(params, "cursor");
    int64_t before_seq = 0;
    if (cursor && read_cursor(cursor, &before_seq) < 0)
        return gw_answer_problem(400, "bad_parameter", bad_cursor, request->lang);

    struct gw_json_page *page = gw_json_page_create();
    int r = page ? read_changes(request->data, gw_query_string_get(params, "camera"),
                                before_seq, page)
                 : -ENOMEM;
    if (r == 0)
        return gw_answer_json(gw_json_changes_print(page));
    gw_json_page_destroy(page);
    return gw_answer_not_read(r, request->data, request->lang);
}
