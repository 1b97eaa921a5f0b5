// What the audit log costs: a walk of 2,000 tile changes a second (an end and a begin
// each) through the store thread, then a long log: its size, counting it after, and a
// page of one camera's.
//
// usage: audit_bench [ENTRIES]; 1,000,000
#include "base/clock.h"
#include "map/audit_verify.h"
#include "map/registry.h"
#include "map/store_audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CAMERAS = 8600, RATE = 4000, SECONDS = 10, OF_A_COMMIT = 1000, PAGES = 1000 };

static void must(int r, const char *what)
{
    if (r >= 0)
        return;
    fprintf(stderr, "%s: %s\n", what, strerror(-r));
    exit(1);
}

static uint64_t cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * GW_SECOND +
           (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static struct gw_audit_entry entry(unsigned i, char id[32])
{
    snprintf(id, 32, "37081200001310%06u", i % CAMERAS);
    return (struct gw_audit_entry) {
        .at_ms = gw_clock_unix_us() / GW_MS,
        .who = i % 3 ? "user: dispatcher-07" : "token: wall-south",
        .address = "10.37.8.12",
        .session = "0123456789ab",
        .action = i % 2 ? "watch_end" : "watch_begin",
        .subject = id,
        .outcome = "ok",
        .details = i % 2 ? "{\"stream\":\"sub\",\"by\":\"wall\",\"ms\":15000}"
                         : "{\"stream\":\"sub\",\"by\":\"wall\"}",
    };
}

static void walk(const char *dir)
{
    char error[GW_REGISTRY_ERROR_MAX], id[32];
    struct gw_registry *reg;
    struct gw_registry_audit_stats stats;
    uint64_t called_us = 0, most = 0, cpu = cpu_us(), begin_us = gw_clock_now_us();
    must(gw_registry_open(&(struct gw_registry_config) { .dir = dir }, &reg, error), dir);
    for (unsigned i = 0; i < RATE * SECONDS; i++) {
        const struct gw_audit_entry e = entry(i, id);
        uint64_t before_us = gw_clock_now_us();
        (void)gw_registry_note(reg, &e);
        called_us += gw_clock_now_us() - before_us;
        if (i % (RATE / 100) == 0) {
            gw_registry_audit_stats(reg, &stats);
            most = stats.waiting > most ? stats.waiting : most;
            uint64_t next_us = begin_us + (uint64_t)i * GW_SECOND / RATE;
            uint64_t now_us = gw_clock_now_us();
            if (next_us > now_us)
                usleep((useconds_t)(next_us - now_us));
        }
    }
    gw_registry_audit_stats(reg, &stats);
    gw_registry_close(reg);
    printf(
        "%d entries a second for %d s: %.2f us a call, %.1f %% of a CPU, at most %" PRIu64
        " waited, %" PRIu64 " lost\n",
        RATE, SECONDS, (double)called_us / (RATE * SECONDS),
        100.0 * (double)(cpu_us() - cpu) / (SECONDS * (double)GW_SECOND), most,
        stats.lost);
}

static void fill(struct gw_store *store, unsigned entries)
{
    char id[32];
    uint64_t begin_us = cpu_us();
    for (unsigned i = 0; i < entries;) {
        must(gw_store_begin(store), "begin");
        for (unsigned k = 0; k < OF_A_COMMIT && i < entries; k++, i++) {
            const struct gw_audit_entry e = entry(i, id);
            must(gw_store_add_audit(store, &e), "add");
        }
        must(gw_store_commit(store), "commit");
    }
    printf("%u entries in commits of %d: %.1f us each\n", entries, OF_A_COMMIT,
           (double)(cpu_us() - begin_us) / entries);
}

static int on_row(void *arg, const struct gw_audit_entry *row)
{
    (void)row;
    ++*(size_t *)arg;
    return 0;
}

static void look(struct gw_store *store)
{
    char id[32];
    size_t found = 0;
    struct gw_audit_place next;
    uint64_t begin_us = cpu_us();
    for (unsigned i = 0; i < PAGES; i++) {
        (void)entry(i, id);
        const struct gw_audit_query q = { .subject = id, .limit = GW_AUDIT_PAGE };
        must(gw_store_each_audit(store, &q, on_row, &found, &next), "each");
    }
    printf("a page of one camera's: %.2f ms for %zu entries\n",
           (double)(cpu_us() - begin_us) / PAGES / GW_MS, found / PAGES);
}

static void long_log(const char *dir, unsigned entries)
{
    char error[GW_STORE_ERROR_MAX], path[128];
    struct gw_store *store;
    struct gw_audit_verdict v;
    struct stat st;
    must(gw_store_open(dir, &store, error), dir);
    fill(store, entries);
    uint64_t begin_us = cpu_us();
    must(gw_audit_verify(store, &(struct gw_audit_check) { 0 }, &v), "verify");
    printf("verified: %s, %zu entries in %.2f s\n", gw_audit_fault_name(v.fault),
           v.entries, (double)(cpu_us() - begin_us) / GW_SECOND);
    look(store);
    gw_store_close(store);
    snprintf(path, sizeof(path), "%s/gridwall.db", dir);
    if (stat(path, &st) == 0)
        printf("%.0f bytes an entry, indexes included\n",
               (double)st.st_size / (double)v.entries);
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/audit-bench-XXXXXX", path[128];
    static const char *const names[] = { "gridwall.db", "gridwall.db-wal",
                                         "gridwall.db-shm", "audit.key" };
    unsigned entries = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000 * 1000;
    if (!mkdtemp(dir))
        return 1;
    walk(dir);
    long_log(dir, entries);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    return rmdir(dir) == 0 ? 0 : 1;
}
