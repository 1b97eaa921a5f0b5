#include "app/audit_question.h"

#include "app/time_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct gw_text bad_time = {
    "from and to are moments or days: 2026-11-28T16:00:00Z, 2026-11-28T16:00:00+08:00 or "
    "2026-11-28.",
    "from 和 to 应为时刻或日期：2026-11-28T16:00:00Z、2026-11-28T16:00:00+08:00 或 "
    "2026-11-28。",
};
static const struct gw_text bad_cursor = {
    "cursor is the text that the page before ended with.",
    "cursor 应为上一页返回的文本。",
};

// A number from 1 on, up to what a time or a sequence may be; moves behind it.
static int64_t read_number(const char **p)
{
    char *end;
    if (**p < '1' || **p > '9')
        return 0;
    errno = 0;
    long long n = strtoll(*p, &end, 10);
    *p = end;
    return errno ? 0 : n;
}

static int read_place(const char *text, struct gw_audit_query *q)
{
    const char *p = text;
    int64_t at_ms = read_number(&p);
    if (at_ms == 0 || *p++ != '-')
        return -EINVAL;
    int64_t seq = read_number(&p);
    if (seq == 0 || *p)
        return -EINVAL;
    q->before_ms = (uint64_t)at_ms;
    q->before_seq = seq;
    return 0;
}

void gw_audit_place_write(const struct gw_audit_place *place,
                          char ret_text[GW_AUDIT_PLACE_TEXT])
{
    snprintf(ret_text, GW_AUDIT_PLACE_TEXT, "%" PRIu64 "-%" PRId64, place->at_ms,
             place->seq);
}

static int set_time(const char *value, uint64_t *ret_ms, struct gw_text *ret_help)
{
    *ret_help = bad_time;
    return gw_time_read(value, ret_ms) < 0 ? -EINVAL : 0;
}

int gw_audit_question_set(struct gw_audit_query *q, const char *key, const char *value,
                          struct gw_text *ret_help)
{
    if (strcmp(key, "from") == 0)
        return set_time(value, &q->from_ms, ret_help);
    if (strcmp(key, "to") == 0)
        return set_time(value, &q->to_ms, ret_help);
    if (strcmp(key, "who") == 0)
        q->who = value;
    else if (strcmp(key, "camera") == 0)
        q->subject = value;
    else if (strcmp(key, "action") == 0)
        q->action = value;
    else if (strcmp(key, "cursor") != 0)
        return -ENOENT;
    else if (read_place(value, q) < 0) {
        *ret_help = bad_cursor;
        return -EINVAL;
    }
    return 0;
}
