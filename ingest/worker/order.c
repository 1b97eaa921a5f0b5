// Five lines: two times and a 0 or 1 in decimal digits, the directory, the address.

#include "ingest/worker/order.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int gw_worker_order_write(const struct gw_worker_order *order,
                          char ret_text[GW_WORKER_ORDER_MAX])
{
    if (strchr(order->files_dir, '\n') || strchr(order->url, '\n'))
        return -EBADMSG;
    int len = snprintf(ret_text, GW_WORKER_ORDER_MAX,
                       "%" PRIu64 "\n%" PRIu64 "\n%d\n%s\n%s\n", order->timeout_us,
                       order->stall_us, order->audio, order->files_dir, order->url);
    return len < GW_WORKER_ORDER_MAX ? len : -EMSGSIZE;
}

// Cuts a line off the front of *text; NULL when there is none.
static char *cut_line(char **text)
{
    char *line = *text;
    char *end = strchr(line, '\n');
    if (!end)
        return NULL;
    *end = '\0';
    *text = end + 1;
    return line;
}

static bool cut_number(char **text, uint64_t *ret_number)
{
    const char *line = cut_line(text);
    char *end;

    if (!line || !isdigit((unsigned char)*line))
        return false;
    *ret_number = strtoull(line, &end, 10);
    return !*end;
}

int gw_worker_order_read(char *text, struct gw_worker_order *ret_order)
{
    struct gw_worker_order order;
    uint64_t audio;

    if (!cut_number(&text, &order.timeout_us) || !cut_number(&text, &order.stall_us) ||
        !cut_number(&text, &audio) || audio > 1)
        return -EBADMSG;
    order.audio = audio;
    order.files_dir = cut_line(&text);
    order.url = cut_line(&text);
    if (!order.files_dir || !order.url || *text)
        return -EBADMSG;
    *ret_order = order;
    return 0;
}
