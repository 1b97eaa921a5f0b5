#include "app/guest.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "map/secret.h"

struct gw_guest {
    atomic_uint refs;
    atomic_bool ended;
    _Atomic uint64_t heard_ms;
    _Atomic uint64_t kept_ms; // of heard_ms, what was written down last
    uint64_t until_ms;
    uint64_t idle_ms;
    uint64_t generation;
    uint32_t account;
    enum gw_role role;
    bool by_link;
    bool sees_all;
    struct gw_scope scope;
    char name[GW_GUEST_NAME_MAX + 1];
    char session[GW_SECRET_TEXT];
    char tag[GW_GUEST_TAG_MAX + 1];
};

struct gw_guest *gw_guest_create(const struct gw_guest_plan *plan, uint64_t now_ms)
{
    struct gw_guest *g = calloc(1, sizeof(*g));
    if (!g)
        return NULL;
    atomic_init(&g->refs, 1);
    atomic_init(&g->heard_ms, now_ms);
    atomic_init(&g->kept_ms, now_ms);
    snprintf(g->session, sizeof(g->session), "%s", plan->session ? plan->session : "");
    g->until_ms = plan->until_ms;
    g->idle_ms = plan->idle_ms;
    g->account = plan->account;
    g->generation = plan->generation;
    g->by_link = plan->by_link;
    g->role = plan->role;
    g->sees_all = !plan->scope || plan->scope->all || plan->role == GW_ROLE_ADMINISTRATOR;
    snprintf(g->name, sizeof(g->name), "%s", plan->name);
    snprintf(g->tag, sizeof(g->tag), "%s", plan->tag ? plan->tag : "");
    if (!g->sees_all && gw_scope_copy(plan->scope, &g->scope) < 0) {
        free(g);
        return NULL;
    }
    return g;
}

struct gw_guest *gw_guest_ref(struct gw_guest *g)
{
    atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
    return g;
}

void gw_guest_unref(struct gw_guest **pg)
{
    struct gw_guest *g = *pg;
    *pg = NULL;
    if (!g || atomic_fetch_sub_explicit(&g->refs, 1, memory_order_acq_rel) != 1)
        return;
    gw_scope_finish(&g->scope);
    free(g);
}

const char *gw_guest_name(const struct gw_guest *g)
{
    return g->name;
}

const char *gw_guest_tag(const struct gw_guest *g)
{
    return g->tag;
}

enum gw_role gw_guest_role(const struct gw_guest *g)
{
    return g->role;
}

const char *gw_guest_session(const struct gw_guest *g)
{
    return g->session;
}

uint64_t gw_guest_until_ms(const struct gw_guest *g)
{
    return g->until_ms;
}

bool gw_guest_is_due(struct gw_guest *g, uint64_t now_ms)
{
    uint64_t kept_ms = atomic_load_explicit(&g->kept_ms, memory_order_relaxed);
    if (!*g->session || now_ms < kept_ms + g->idle_ms / 16)
        return false;
    return atomic_compare_exchange_strong(&g->kept_ms, &kept_ms, now_ms);
}

uint32_t gw_guest_account(const struct gw_guest *g)
{
    return g->account;
}

uint64_t gw_guest_generation(const struct gw_guest *g)
{
    return g->generation;
}

bool gw_guest_is_by_link(const struct gw_guest *g)
{
    return g->by_link;
}

const struct gw_scope *gw_guest_scope(const struct gw_guest *g)
{
    return g->sees_all ? NULL : &g->scope;
}

void gw_guest_end(struct gw_guest *g)
{
    atomic_store(&g->ended, true);
}

bool gw_guest_has_ended(const struct gw_guest *g, uint64_t now_ms)
{
    uint64_t heard_ms = gw_guest_heard_ms(g);
    return atomic_load(&g->ended) || (g->until_ms && now_ms >= g->until_ms) ||
           (g->idle_ms && now_ms > heard_ms && now_ms - heard_ms >= g->idle_ms);
}

bool gw_guest_stands(struct gw_guest *g, uint64_t now_ms)
{
    if (gw_guest_has_ended(g, now_ms))
        return false;
    atomic_store_explicit(&g->heard_ms, now_ms, memory_order_relaxed);
    return true;
}

uint64_t gw_guest_heard_ms(const struct gw_guest *g)
{
    return atomic_load_explicit(&g->heard_ms, memory_order_relaxed);
}
