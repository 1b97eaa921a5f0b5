#include "ingest/lookup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { PORT_TEXT = 6 }; // "65535" and a zero

struct gw_lookup {
    struct gw_lookups *all;
    struct gw_lookup *next;
    bool under_way;
    uv_getaddrinfo_t request;
    const char *host;
    uint16_t port;
    void (*on_done)(void *arg, int status, struct addrinfo *addresses);
    void *arg;
};

static void start_waiting(struct gw_lookups *all);

static void end(struct gw_lookup *l, int status, struct addrinfo *addresses)
{
    l->on_done(l->arg, status, addresses);
    free(l);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct gw_lookup *l = request->data;

    l->all->under_way--;
    start_waiting(l->all); // first: on_done may end all of this
    if (!status && !found)
        status = UV_EAI_NODATA;
    end(l, status, found);
}

static int begin(struct gw_lookup *l)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
    char port[PORT_TEXT];

    snprintf(port, sizeof(port), "%u", l->port);
    l->request.data = l;
    int r = uv_getaddrinfo(l->all->loop, &l->request, on_resolved, l->host, port, &hints);
    l->under_way = !r;
    l->all->under_way += !r;
    return r;
}

static void start_waiting(struct gw_lookups *all)
{
    while (all->first && all->under_way < GW_LOOKUPS_MAX) {
        struct gw_lookup *l = all->first;
        all->first = l->next;
        if (!all->first)
            all->last = NULL;
        int r = begin(l);
        if (r)
            end(l, r, NULL);
    }
}

int gw_lookup_start(struct gw_lookups *all, const char *host, uint16_t port,
                    void (*on_done)(void *arg, int status, struct addrinfo *addresses),
                    void *arg, struct gw_lookup **ret_lookup)
{
    struct gw_lookup *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->all = all;
    l->host = host;
    l->port = port;
    l->on_done = on_done;
    l->arg = arg;
    if (all->under_way < GW_LOOKUPS_MAX) {
        int r = begin(l);
        if (r) {
            free(l);
            return r;
        }
    } else {
        if (all->last)
            all->last->next = l;
        else
            all->first = l;
        all->last = l;
    }
    *ret_lookup = l;
    return 0;
}

bool gw_lookup_cancel(struct gw_lookup *l)
{
    struct gw_lookups *all = l->all;

    if (l->under_way) {
        (void)uv_cancel((uv_req_t *)&l->request); // too late: it comes anyway
        return false;
    }
    struct gw_lookup **at = &all->first;
    struct gw_lookup *before = NULL;
    for (; *at != l; at = &(*at)->next)
        before = *at;
    *at = l->next;
    if (all->last == l)
        all->last = before;
    free(l);
    return true;
}
