#include "app/lockout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    char key[GW_LOCKOUT_KEY_MAX + 1]; // "": free
    uint32_t failures;
    uint64_t last_ms;  // of the last failure
    uint64_t until_ms; // nobody is tried before
};

struct gw_lockout {
    struct row rows[GW_LOCKOUT_ROWS];
};

struct gw_lockout *gw_lockout_create(void)
{
    return calloc(1, sizeof(struct gw_lockout));
}

void gw_lockout_destroy(struct gw_lockout *l)
{
    free(l);
}

// A wrong password costs a hundred milliseconds; a walk over the rows, some microseconds.
static struct row *find(const struct gw_lockout *l, const char *key)
{
    for (size_t i = 0; i < GW_LOCKOUT_ROWS; i++)
        if (*l->rows[i].key && strncmp(l->rows[i].key, key, GW_LOCKOUT_KEY_MAX) == 0)
            return (struct row *)&l->rows[i];
    return NULL;
}

static struct row *need(struct gw_lockout *l, const char *key)
{
    struct row *row = find(l, key);
    if (row)
        return row;
    row = &l->rows[0];
    for (size_t i = 1; i < GW_LOCKOUT_ROWS && *row->key; i++)
        if (!*l->rows[i].key || l->rows[i].last_ms < row->last_ms)
            row = &l->rows[i];
    *row = (struct row) { 0 };
    snprintf(row->key, sizeof(row->key), "%s", key);
    return row;
}

uint32_t gw_lockout_wait_s(const struct gw_lockout *l, const char *key, uint64_t now_ms)
{
    const struct row *row = find(l, key);
    if (!row || row->until_ms <= now_ms)
        return 0;
    return (uint32_t)((row->until_ms - now_ms + 999) / 1000);
}

void gw_lockout_fail(struct gw_lockout *l, const char *key, uint32_t free_failures,
                     uint64_t now_ms)
{
    struct row *row = need(l, key);
    if (now_ms - row->last_ms > GW_LOCKOUT_FORGET_S * 1000ull)
        row->failures = 0;
    row->failures++;
    row->last_ms = now_ms;
    if (row->failures < free_failures)
        return;
    uint32_t doublings = row->failures - free_failures;
    uint64_t wait_s = doublings < 10 ? 1ull << doublings : GW_LOCKOUT_MAX_S;
    if (wait_s > GW_LOCKOUT_MAX_S)
        wait_s = GW_LOCKOUT_MAX_S;
    row->until_ms = now_ms + wait_s * 1000;
}

void gw_lockout_clear(struct gw_lockout *l, const char *key)
{
    struct row *row = find(l, key);
    if (row)
        *row = (struct row) { 0 };
}
