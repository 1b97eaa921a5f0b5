#include "app/query_string.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (tolower((unsigned char)c) - 'a') + 10;
}

// In place; decoding never grows.
static int decode(char *text)
{
    char *out = text;
    for (const char *in = text; *in; in++) {
        if (*in == '+') {
            *out++ = ' ';
        } else if (*in != '%') {
            *out++ = *in;
        } else if (isxdigit((unsigned char)in[1]) && isxdigit((unsigned char)in[2])) {
            char c = (char)(hex(in[1]) << 4 | hex(in[2]));
            if (c == '\0')
                return -EBADMSG;
            *out++ = c;
            in += 2;
        } else {
            return -EBADMSG;
        }
    }
    *out = '\0';
    return 0;
}

static int add_pair(struct gw_query_string *q, char *pair)
{
    if (!*pair)
        return 0;
    if (q->count == GW_QUERY_PAIRS_MAX)
        return -EMSGSIZE;

    char *value = strchr(pair, '=');
    if (value)
        *value++ = '\0';
    else
        value = pair + strlen(pair);
    if (decode(pair) < 0 || decode(value) < 0)
        return -EBADMSG;
    q->pairs[q->count++] = (struct gw_query_pair) { .key = pair, .value = value };
    return 0;
}

int gw_query_string_parse(const char *query, struct gw_query_string *ret_query)
{
    struct gw_query_string q = { 0 };
    int r = 0;

    if (strlen(query) > GW_QUERY_MAX)
        return -EMSGSIZE;
    q.text = strdup(query);
    if (!q.text)
        return -ENOMEM;

    char *rest = q.text;
    for (char *pair; r == 0 && (pair = strsep(&rest, "&"));)
        r = add_pair(&q, pair);
    if (r < 0) {
        gw_query_string_finish(&q);
        return r;
    }
    *ret_query = q;
    return 0;
}

void gw_query_string_finish(struct gw_query_string *q)
{
    free(q->text);
    *q = (struct gw_query_string) { 0 };
}

const char *gw_query_string_get(const struct gw_query_string *q, const char *key)
{
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(q->pairs[i].key, key) == 0)
            return q->pairs[i].value;
    return NULL;
}
