#include "app/import_job.h"

#include "app/rights.h"
#include "map/store.h"
#include "map/store_words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void on_issue(void *arg, const struct gw_import_issue *issue)
{
    struct gw_import_job *job = arg;
    if (job->rows)
        gw_import_rows_issue(job->rows, issue);
}

static void on_change(void *arg, const struct gw_import_change *change)
{
    struct gw_import_job *job = arg;
    if (job->rows)
        gw_import_rows_change(job->rows, change);
}

static void on_header(void *arg, const struct gw_import_header *header)
{
    struct gw_import_job *job = arg;
    job->columns = 0;
    for (size_t i = 0; i < header->count && job->columns < GW_COLUMN_NAMES_MAX; i++) {
        // What is longer can be named by nobody.
        if (!*header->names[i] || strlen(header->names[i]) >= GW_COLUMN_NAME_MAX)
            continue;
        strcpy(job->column_names[job->columns], header->names[i]);
        job->column_means[job->columns++] = header->means[i];
    }
}

static void on_progress(void *arg, const char *file, size_t done, size_t total_bytes)
{
    struct gw_import_job *job = arg;
    (void)file;
    job->on_progress(job->arg, done, total_bytes);
}

static bool is_over(void *arg)
{
    struct gw_import_job *job = arg;
    return job->is_over(job->arg);
}

// For gridwall-table, which has to find the header too (map/column_file.h).
static int write_columns(const struct gw_import_job *job)
{
    const struct gw_column_names *names = &job->options.columns;
    int fd = open(job->columns_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out) {
        int r = -errno;
        if (fd >= 0)
            (void)close(fd);
        return r;
    }
    for (size_t i = 0; i < names->count; i++) {
        enum gw_column column = names->entries[i].column;
        fprintf(out, "%s = %s\n",
                column == GW_COLUMN_IGNORED ? "ignore" : gw_column_name(column),
                names->entries[i].name);
    }
    return fclose(out) != 0 ? -errno : 0;
}

static int import(struct gw_import_job *job)
{
    const struct gw_import_options *options = &job->options;
    struct gw_snapshot *snapshot = gw_registry_snapshot(job->config->registry);
    struct gw_scope_view room;
    const struct gw_import_config config = {
        .dir = job->config->dir,
        .name = job->name,
        .author = gw_guest_name(job->guest),
        .dry_run = !job->expected,
        .all_or_nothing = options->all_or_nothing,
        .remove_gone = options->remove_gone,
        .seen = gw_rights_view(job->guest, snapshot, &room),
        .expected = job->expected,
        .coordinates = options->coordinates,
        .columns = options->columns.count ? &options->columns : NULL,
        .columns_file = options->columns.count ? job->columns_path : NULL,
        .reader = job->config->reader,
        .key_file = job->config->key_file,
        .on_issue = on_issue,
        .on_header = on_header,
        .on_change = on_change,
        .on_progress = on_progress,
        .is_over = is_over,
        .arg = job,
    };
    int r = gw_import_file(&config, job->path, &job->report, &job->error);
    gw_snapshot_unref(&snapshot);
    return r;
}

int gw_import_job_run(struct gw_import_job *job)
{
    const char *dir = job->imports_dir;
    int r = job->options.columns.count ? write_columns(job) : 0;
    if (r == 0 && !job->expected)
        r = gw_import_rows_create(dir, &job->rows);
    if (r == 0)
        r = import(job);
    if (r == 0 && job->rows)
        r = gw_import_rows_end(job->rows);
    if (r < 0)
        gw_import_rows_unref(&job->rows);
    if (r < 0 && !*job->error.en) {
        gw_store_words(r, dir, GW_LANG_EN, job->error.en, sizeof(job->error.en));
        gw_store_words(r, dir, GW_LANG_ZH, job->error.zh, sizeof(job->error.zh));
    }
    return r;
}
