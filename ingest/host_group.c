#include "ingest/host_group.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUBNET_TEXT = INET6_ADDRSTRLEN + sizeof("/64") };

// "10.1.2.3" -> "10.1.2.0/24"; "" for a name. The slash keeps subnets and hosts
// apart in one table.
static void name_subnet(const char *host, char ret_name[SUBNET_TEXT])
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr v6;
    struct in_addr v4;

    ret_name[0] = '\0';
    if (inet_pton(AF_INET, host, &v4) == 1) {
        v4.s_addr &= htonl(0xffffff00);
        (void)inet_ntop(AF_INET, &v4, text, sizeof(text));
        (void)snprintf(ret_name, SUBNET_TEXT, "%s/24", text);
    } else if (inet_pton(AF_INET6, host, &v6) == 1) {
        memset(v6.s6_addr + 8, 0, 8);
        (void)inet_ntop(AF_INET6, &v6, text, sizeof(text));
        (void)snprintf(ret_name, SUBNET_TEXT, "%s/64", text);
    }
}

// FNV-1a
static uint32_t hash_of(const char *name)
{
    uint32_t hash = 2166136261U;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619U;
    return hash;
}

static struct gw_group *create(enum gw_group_level level, const char *name,
                               struct gw_group *parent)
{
    size_t len = strlen(name);
    struct gw_group *group = calloc(1, sizeof(*group) + len + 1);
    if (!group)
        return NULL;
    group->level = level;
    group->parent = parent;
    group->hash = hash_of(name);
    group->trial_at.owner = group;
    for (int i = 0; i < GW_PRIORITIES; i++)
        group->place[i].owner = group;
    memcpy(group->name, name, len);
    gw_list_init(&group->inside, NULL);
    gw_list_init(&group->link, group);
    return group;
}

static void destroy(struct gw_group *group)
{
    if (!group)
        return;
    for (int i = 0; i < GW_PRIORITIES; i++) {
        assert(!gw_deadlines_first(&group->line[i]));
        gw_deadlines_finish(&group->line[i]);
    }
    free(group);
}

int gw_group_reserve(struct gw_group *group)
{
    int r = 0;
    for (int i = 0; i < GW_PRIORITIES && !r; i++)
        r = gw_deadlines_reserve(&group->line[i], group->members + 1);
    return r;
}

void gw_group_enter(struct gw_group *group, struct gw_list *member)
{
    gw_list_append(&group->inside, member);
    group->members++;
}

void gw_group_leave(struct gw_group *group, struct gw_list *member)
{
    gw_list_remove(member);
    group->members--;
}

int gw_groups_init(struct gw_groups *g)
{
    gw_table_init(&g->by_hash);
    g->all = create(GW_GROUP_ALL, "", NULL);
    return g->all ? 0 : -ENOMEM;
}

void gw_groups_finish(struct gw_groups *g)
{
    assert(g->by_hash.count == 0);
    gw_table_finish(&g->by_hash);
    destroy(g->all);
}

static struct gw_group *find(const struct gw_groups *g, const char *name)
{
    struct gw_group *group = gw_table_get(&g->by_hash, hash_of(name));
    while (group && strcmp(group->name, name) != 0)
        group = group->same_hash;
    return group;
}

static struct gw_group *add(struct gw_groups *g, enum gw_group_level level,
                            const char *name, struct gw_group *parent)
{
    struct gw_group *group = create(level, name, parent);
    if (!group || gw_group_reserve(parent))
        goto fail;
    group->same_hash = gw_table_get(&g->by_hash, group->hash);
    if (gw_table_put(&g->by_hash, group->hash, group))
        goto fail;
    gw_group_enter(parent, &group->link);
    return group;

fail:
    destroy(group);
    return NULL;
}

static void take_out(struct gw_groups *g, const struct gw_group *group)
{
    struct gw_group *first = gw_table_get(&g->by_hash, group->hash);
    if (first == group && !group->same_hash) {
        (void)gw_table_remove(&g->by_hash, group->hash);
    } else if (first == group) {
        (void)gw_table_put(&g->by_hash, group->hash, group->same_hash); // replaces
    } else {
        while (first->same_hash != group)
            first = first->same_hash;
        first->same_hash = group->same_hash;
    }
}

void gw_groups_release(struct gw_groups *g, struct gw_group *group)
{
    while (group->parent && gw_list_is_alone(&group->inside)) {
        struct gw_group *parent = group->parent;
        gw_group_leave(parent, &group->link);
        take_out(g, group);
        destroy(group);
        group = parent;
    }
}

struct gw_group *gw_groups_host(struct gw_groups *g, const char *host)
{
    char name[SUBNET_TEXT];
    struct gw_group *group = find(g, host);
    if (group)
        return group;

    struct gw_group *parent = g->all;
    name_subnet(host, name);
    if (*name) {
        parent = find(g, name);
        if (!parent)
            parent = add(g, GW_GROUP_SUBNET, name, g->all);
        if (!parent)
            return NULL;
    }
    group = add(g, GW_GROUP_HOST, host, parent);
    if (!group)
        gw_groups_release(g, parent);
    return group;
}
