#include "app/import_desk.h"

#include "app/import_job.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/monitor.h"
#include "map/secret.h"
#include "map/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NICENESS = 10,
    LOOK_S = 30, // how often it is looked for what has been kept long enough
    EXTENSION_MAX = 8,
};

// One import. Under the desk's lock; who works on it has `working` set, and it stays.
struct entry {
    struct gw_import_view view;
    struct gw_guest *guest; // by whose rights
    char path[PATH_MAX];
    char columns_path[PATH_MAX];
    bool working;
    bool again;   // its options have changed meanwhile
    bool dropped; // meanwhile
    void (*done)(void *arg, int error);
    void *arg;
};

struct gw_import_desk {
    struct gw_import_desk_config config;
    char dir[PATH_MAX];
    pthread_t thread;
    bool started;
    struct gw_import_job *job; // of the thread, and too large for its stack

    struct gw_monitor monitor; // of all below
    bool ending;
    struct entry *entries[GW_IMPORTS_MAX]; // oldest first; NULL behind them
};

static uint64_t now_ms(void)
{
    return gw_clock_unix_us() / GW_MS;
}

// ---- entries, under the lock ----

static bool is_theirs(const struct entry *e, const struct gw_guest *guest)
{
    bool oversees =
        gw_guest_role(guest) == GW_ROLE_ADMINISTRATOR && !gw_guest_scope(guest);
    return !e->dropped && (oversees || strcmp(e->view.by, gw_guest_name(guest)) == 0);
}

static struct entry *find(struct gw_import_desk *desk, const struct gw_guest *guest,
                          const char *id)
{
    for (size_t i = 0; i < GW_IMPORTS_MAX && desk->entries[i]; i++)
        if (strcmp(desk->entries[i]->view.id, id) == 0)
            return is_theirs(desk->entries[i], guest) ? desk->entries[i] : NULL;
    return NULL;
}

static void touch(struct entry *e)
{
    e->view.until_ms = now_ms() + GW_IMPORT_KEPT_S * 1000ull;
}

static void destroy_entry(struct entry *e)
{
    if (!e)
        return;
    (void)unlink(e->path);
    (void)unlink(e->columns_path);
    gw_import_rows_unref(&e->view.rows);
    gw_guest_unref(&e->guest);
    free(e);
}

static void remove_entry(struct gw_import_desk *desk, size_t at)
{
    destroy_entry(desk->entries[at]);
    for (size_t i = at; i + 1 < GW_IMPORTS_MAX; i++)
        desk->entries[i] = desk->entries[i + 1];
    desk->entries[GW_IMPORTS_MAX - 1] = NULL;
}

static void sweep(struct gw_import_desk *desk)
{
    uint64_t now = now_ms();
    for (size_t i = 0; i < GW_IMPORTS_MAX && desk->entries[i];) {
        const struct entry *e = desk->entries[i];
        bool applying = e->view.state == GW_IMPORT_APPLYING;
        if (!e->working && !applying && (e->dropped || e->view.until_ms <= now))
            remove_entry(desk, i);
        else
            i++;
    }
}

static int may_add(const struct gw_import_desk *desk, uint64_t bytes)
{
    uint64_t sum = bytes;
    size_t n = 0;
    for (; n < GW_IMPORTS_MAX && desk->entries[n]; n++)
        sum += desk->entries[n]->view.bytes;
    if (desk->ending)
        return -ESHUTDOWN;
    return n == GW_IMPORTS_MAX ? -EBUSY : sum > GW_IMPORTS_BYTES_MAX ? -EDQUOT : 0;
}

// ---- the thread ----

// What the run of an entry tells, and is told.
struct run {
    struct gw_import_desk *desk;
    struct entry *entry;
};

static void on_progress(void *arg, size_t done, size_t total_bytes)
{
    struct run *run = arg;
    gw_monitor_enter(&run->desk->monitor);
    run->entry->view.done_bytes = done;
    run->entry->view.total_bytes = total_bytes;
    gw_monitor_leave(&run->desk->monitor);
}

static bool is_over(void *arg)
{
    struct run *run = arg;
    gw_monitor_enter(&run->desk->monitor);
    bool over = run->desk->ending || run->entry->dropped || run->entry->again;
    gw_monitor_leave(&run->desk->monitor);
    return over;
}

static struct entry *next_entry(struct gw_import_desk *desk)
{
    for (size_t i = 0; i < GW_IMPORTS_MAX && desk->entries[i]; i++) {
        struct entry *e = desk->entries[i];
        if (!e->dropped &&
            (e->view.state == GW_IMPORT_WAITING || e->view.state == GW_IMPORT_APPLYING))
            return e;
    }
    return NULL;
}

static void take_preview(struct entry *e, struct gw_import_job *job, int r)
{
    struct gw_import_view *v = &e->view;
    gw_import_rows_unref(&v->rows);
    v->rows = job->rows;
    v->state = r == 0 ? GW_IMPORT_READY : GW_IMPORT_FAILED;
    v->has_report = r == 0;
    v->report = job->report;
    v->error = job->error;
    v->columns = job->columns;
    memcpy(v->column_names, job->column_names, sizeof(v->column_names));
    memcpy(v->column_means, job->column_means, sizeof(v->column_means));
}

// What it is after it was to be written. With -ESTALE it is looked at again at once.
static void take_applied(struct entry *e, const struct gw_import_job *job, int r)
{
    if (r == 0)
        e->view.report = job->report;
    else
        e->view.error = job->error;
    e->view.state = r == 0         ? GW_IMPORT_APPLIED
                    : r == -ESTALE ? GW_IMPORT_WAITING
                                   : GW_IMPORT_READY;
    if (r == 0) { // the list holds passwords
        (void)unlink(e->path);
        (void)unlink(e->columns_path);
    }
}

static void log_end(const struct entry *e, int r)
{
    const struct gw_import_report *report = &e->view.report;
    gw_log(GW_LOG_INFO, "import",
           "name=\"%s\" by=\"%s\" error=%d read=%zu added=%zu changed=%zu refused=%zu",
           e->view.name, e->view.by, r, report->read, report->added, report->changed,
           report->refused);
}

// With the lock held, which is given back for the work itself. Returns how it ended.
static int work_on(struct gw_import_desk *desk, struct entry *e,
                   struct gw_import_job *job)
{
    struct run run = { desk, e };
    bool apply = e->view.state == GW_IMPORT_APPLYING;
    uint64_t expected = e->view.report.fingerprint;
    *job = (struct gw_import_job) {
        .config = &desk->config,
        .imports_dir = desk->dir,
        .path = e->path,
        .columns_path = e->columns_path,
        .name = e->view.name,
        .guest = gw_guest_ref(e->guest),
        .options = e->view.options,
        .expected = apply ? &expected : NULL,
        .on_progress = on_progress,
        .is_over = is_over,
        .arg = &run,
    };
    e->working = true;
    e->view.done_bytes = e->view.total_bytes = 0;
    if (!apply)
        e->view.state = GW_IMPORT_READING;
    gw_monitor_leave(&desk->monitor);

    int r = gw_import_job_run(job);

    gw_monitor_enter(&desk->monitor);
    gw_guest_unref(&job->guest);
    if (apply)
        take_applied(e, job, r);
    else
        take_preview(e, job, r);
    if (!apply && e->again)
        e->view.state = GW_IMPORT_WAITING;
    e->again = false;
    e->working = false;
    touch(e);
    if (apply)
        log_end(e, r);
    return r;
}

// Whoever waits for an apply hears of it.
static void tell(struct gw_import_desk *desk, struct entry *e, int r)
{
    void (*done)(void *arg, int error) = e->done;
    void *arg = e->arg;
    e->done = NULL;
    gw_monitor_leave(&desk->monitor);
    if (done)
        done(arg, r);
    gw_monitor_enter(&desk->monitor);
}

static void await(struct gw_import_desk *desk)
{
    (void)gw_monitor_wait_until(&desk->monitor, gw_clock_now_us() + LOOK_S * GW_SECOND);
}

static void *run_desk(void *arg)
{
    struct gw_import_desk *desk = arg;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS); // pictures go first
    gw_monitor_enter(&desk->monitor);
    while (!desk->ending) {
        struct entry *e = next_entry(desk);
        if (e)
            tell(desk, e, work_on(desk, e, desk->job));
        else
            await(desk);
        sweep(desk);
    }
    for (size_t i = 0; i < GW_IMPORTS_MAX && desk->entries[i]; i++)
        tell(desk, desk->entries[i], -ECANCELED);
    gw_monitor_leave(&desk->monitor);
    return NULL;
}

// ---- life ----

// An engine that ended in the midst of it left its lists.
static int make_directory(struct gw_import_desk *desk)
{
    struct dirent *file;
    char path[PATH_MAX];
    int n = snprintf(desk->dir, sizeof(desk->dir), "%s/imports", desk->config.dir);
    if (n >= PATH_MAX)
        return -ENAMETOOLONG;
    if (mkdir(desk->dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    DIR *dir = opendir(desk->dir);
    if (!dir)
        return -errno;
    while ((file = readdir(dir)))
        if (file->d_name[0] != '.' &&
            snprintf(path, sizeof(path), "%s/%s", desk->dir, file->d_name) < PATH_MAX)
            (void)unlink(path);
    (void)closedir(dir);
    return 0;
}

int gw_import_desk_start(const struct gw_import_desk_config *config,
                         struct gw_import_desk **ret_desk)
{
    struct gw_import_desk *desk = calloc(1, sizeof(*desk));
    int r = desk ? gw_monitor_init(&desk->monitor) : -ENOMEM;
    if (r < 0) {
        free(desk);
        return r;
    }
    desk->config = *config;
    desk->job = malloc(sizeof(*desk->job));
    r = desk->job ? make_directory(desk) : -ENOMEM;
    if (r == 0)
        r = -pthread_create(&desk->thread, NULL, run_desk, desk);
    desk->started = r == 0;
    if (r < 0) {
        gw_import_desk_destroy(desk);
        return r;
    }
    *ret_desk = desk;
    return 0;
}

void gw_import_desk_end(struct gw_import_desk *desk)
{
    if (!desk || !desk->started)
        return;
    gw_monitor_enter(&desk->monitor);
    desk->ending = true;
    gw_monitor_signal(&desk->monitor);
    gw_monitor_leave(&desk->monitor);
    (void)pthread_join(desk->thread, NULL);
    desk->started = false;
}

void gw_import_desk_destroy(struct gw_import_desk *desk)
{
    if (!desk)
        return;
    gw_import_desk_end(desk);
    for (size_t i = 0; i < GW_IMPORTS_MAX; i++)
        destroy_entry(desk->entries[i]);
    gw_monitor_destroy(&desk->monitor);
    free(desk->job);
    free(desk);
}

const char *gw_import_desk_dir(const struct gw_import_desk *desk)
{
    return desk->dir;
}

// ---- what is asked of it ----

// The last part of what a client calls its file, as far as it can be shown.
static void take_name(const char *name, char ret_name[GW_IMPORT_NAME_MAX + 1])
{
    const char *base = name;
    for (const char *c = name; *c; c++)
        if (*c == '/' || *c == '\\')
            base = c + 1;
    bool good = *base && gw_is_utf8(base, strlen(base));
    for (const char *c = base; *c && good; c++)
        good = (unsigned char)*c >= ' ' && *c != 0x7f;
    if (!good)
        base = "list";
    size_t len = strnlen(base, GW_IMPORT_NAME_MAX + 1);
    if (len > GW_IMPORT_NAME_MAX)
        for (len = GW_IMPORT_NAME_MAX; len > 0 && (base[len] & 0xc0) == 0x80;)
            len--; // between characters
    memcpy(ret_name, base, len);
    ret_name[len] = '\0';
}

// GDAL tells some formats by it too.
static const char *extension_of(const char *name)
{
    static const char *const known[] = { "csv",  "txt",  "geojson", "json",
                                         "xlsx", "gpkg", "shp",     "zip" };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof(known) / sizeof(*known); i++)
        if (strcasecmp(dot + 1, known[i]) == 0)
            return known[i];
    return "list";
}

static int make_entry(struct gw_import_desk *desk, struct gw_guest *guest,
                      const char *name, struct entry **ret_entry)
{
    char word[GW_SECRET_TEXT];
    int r = gw_secret_word(word);
    struct entry *e = r == 0 ? calloc(1, sizeof(*e)) : NULL;
    if (!e)
        return r < 0 ? r : -ENOMEM;
    memcpy(e->view.id, word, GW_IMPORT_ID_MAX);
    snprintf(e->view.by, sizeof(e->view.by), "%s", gw_guest_name(guest));
    take_name(name, e->view.name);
    int n = snprintf(e->path, sizeof(e->path), "%s/%s.%s", desk->dir, e->view.id,
                     extension_of(e->view.name));
    int m = snprintf(e->columns_path, sizeof(e->columns_path), "%s/%s.columns", desk->dir,
                     e->view.id);
    if (n >= PATH_MAX || m >= PATH_MAX) {
        free(e);
        return -ENAMETOOLONG;
    }
    e->guest = gw_guest_ref(guest);
    *ret_entry = e;
    return 0;
}

int gw_import_desk_may_add(struct gw_import_desk *desk, uint64_t bytes)
{
    gw_monitor_enter(&desk->monitor);
    sweep(desk);
    int r = may_add(desk, bytes);
    gw_monitor_leave(&desk->monitor);
    return r;
}

int gw_import_desk_add(struct gw_import_desk *desk, struct gw_guest *guest,
                       const char *name, const char *path, uint64_t bytes,
                       const struct gw_import_options *options,
                       char ret_id[GW_IMPORT_ID_MAX + 1])
{
    struct entry *e = NULL;
    int r = make_entry(desk, guest, name, &e);
    if (r < 0)
        return r;
    e->view.bytes = bytes;
    e->view.options = *options;
    e->view.created_ms = now_ms();
    touch(e);
    gw_monitor_enter(&desk->monitor);
    r = may_add(desk, bytes);
    if (r == 0 && rename(path, e->path) < 0)
        r = -errno;
    for (size_t i = 0; i < GW_IMPORTS_MAX && r == 0; i++)
        if (!desk->entries[i]) {
            desk->entries[i] = e;
            memcpy(ret_id, e->view.id, sizeof(e->view.id));
            break;
        }
    gw_monitor_signal(&desk->monitor);
    gw_monitor_leave(&desk->monitor);
    if (r < 0)
        destroy_entry(e);
    return r;
}

size_t gw_import_desk_ids(struct gw_import_desk *desk, const struct gw_guest *guest,
                          char ret_ids[GW_IMPORTS_MAX][GW_IMPORT_ID_MAX + 1])
{
    size_t n = 0;
    gw_monitor_enter(&desk->monitor);
    sweep(desk);
    for (size_t i = 0; i < GW_IMPORTS_MAX && desk->entries[i]; i++)
        if (is_theirs(desk->entries[i], guest))
            memcpy(ret_ids[n++], desk->entries[i]->view.id, GW_IMPORT_ID_MAX + 1);
    gw_monitor_leave(&desk->monitor);
    return n;
}

int gw_import_desk_view(struct gw_import_desk *desk, const struct gw_guest *guest,
                        const char *id, struct gw_import_view **ret_view)
{
    struct gw_import_view *view = malloc(sizeof(*view));
    if (!view)
        return -ENOMEM;
    gw_monitor_enter(&desk->monitor);
    sweep(desk);
    const struct entry *e = find(desk, guest, id);
    if (e) {
        *view = e->view;
        view->rows = gw_import_rows_ref(e->view.rows);
        *ret_view = view;
    }
    gw_monitor_leave(&desk->monitor);
    if (!e)
        free(view);
    return e ? 0 : -ENOENT;
}

void gw_import_view_destroy(struct gw_import_view *view)
{
    if (view)
        gw_import_rows_unref(&view->rows);
    free(view);
}

static void set_guest(struct entry *e, struct gw_guest *guest)
{
    gw_guest_ref(guest);
    gw_guest_unref(&e->guest);
    e->guest = guest;
}

int gw_import_desk_change(struct gw_import_desk *desk, struct gw_guest *guest,
                          const char *id, const struct gw_import_options *options)
{
    gw_monitor_enter(&desk->monitor);
    struct entry *e = find(desk, guest, id);
    int r = !e                                    ? -ENOENT
            : e->view.state == GW_IMPORT_APPLYING ? -EBUSY
            : e->view.state == GW_IMPORT_APPLIED  ? -EALREADY
                                                  : 0;
    if (r == 0) {
        e->view.options = *options;
        set_guest(e, guest);
        e->again = e->working;
        if (!e->working)
            e->view.state = GW_IMPORT_WAITING;
        touch(e);
        gw_monitor_signal(&desk->monitor);
    }
    gw_monitor_leave(&desk->monitor);
    return r;
}

static int may_apply(const struct entry *e)
{
    const struct gw_import_view *v = &e->view;
    if (v->state == GW_IMPORT_APPLYING)
        return -EBUSY;
    if (v->state == GW_IMPORT_APPLIED)
        return -EALREADY;
    bool left_out = v->options.all_or_nothing && v->report.refused > 0;
    return v->state == GW_IMPORT_READY && !left_out ? 0 : -EAGAIN;
}

int gw_import_desk_apply(struct gw_import_desk *desk, struct gw_guest *guest,
                         const char *id, void (*done)(void *arg, int error), void *arg)
{
    gw_monitor_enter(&desk->monitor);
    struct entry *e = find(desk, guest, id);
    int r = desk->ending ? -ESHUTDOWN : e ? may_apply(e) : -ENOENT;
    if (r == 0) {
        e->view.state = GW_IMPORT_APPLYING;
        e->done = done;
        e->arg = arg;
        set_guest(e, guest);
        touch(e);
        gw_monitor_signal(&desk->monitor);
    }
    gw_monitor_leave(&desk->monitor);
    return r;
}

int gw_import_desk_drop(struct gw_import_desk *desk, const struct gw_guest *guest,
                        const char *id)
{
    gw_monitor_enter(&desk->monitor);
    struct entry *e = find(desk, guest, id);
    int r = !e ? -ENOENT : e->view.state == GW_IMPORT_APPLYING ? -EBUSY : 0;
    if (r == 0)
        e->dropped = true;
    gw_monitor_signal(&desk->monitor); // its thread removes it: files may be large
    gw_monitor_leave(&desk->monitor);
    return r;
}
