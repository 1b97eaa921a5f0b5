// One list that is worked on, for app/import_desk.c: what its run needs to know, and the
// run itself, without a lock. One thread.
#ifndef GW_APP_IMPORT_JOB_H
#define GW_APP_IMPORT_JOB_H

#include "app/import_desk.h"

struct gw_import_job {
    const struct gw_import_desk_config *config;
    const char *imports_dir;
    const char *path; // of the list
    const char *columns_path;
    const char *name;
    struct gw_guest *guest;
    struct gw_import_options options;
    const uint64_t *expected; // NULL: a preview; else it is applied
    void (*on_progress)(void *arg, size_t done, size_t total_bytes);
    bool (*is_over)(void *arg);
    void *arg;

    // What comes of it.
    struct gw_import_report report;
    struct gw_import_error error;
    struct gw_import_rows *rows; // of a preview, a reference; else NULL
    size_t columns;
    char column_names[GW_COLUMN_NAMES_MAX][GW_COLUMN_NAME_MAX];
    enum gw_column column_means[GW_COLUMN_NAMES_MAX];
};

// Returns as gw_import_file() does.
int gw_import_job_run(struct gw_import_job *job);

#endif
