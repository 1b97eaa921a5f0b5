// What can be set: one table for the command line (`--linger 30`) and the
// configuration file (`linger = 30`, `#` starts a comment).
#ifndef GW_APP_SETTINGS_H
#define GW_APP_SETTINGS_H

#include "app/say.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    GW_SHARDS_MAX = 64,
    GW_CONFIG_LINE_MAX = 4096, // bytes of a line in a configuration file
};

struct gw_settings {
    char *config;       // file, or NULL
    char *data;         // directory of the registry
    char *key_file;     // of stream addresses, or NULL: the directory's
    char *listen;       // "127.0.0.1:8080"
    char *www;          // directory of the web application
    char *reader;       // program that reads lists which are not text
    char *worker;       // program that opens what is not RTSP
    char *files_dir;    // files are played from below it, or NULL
    char *ca_file;      // authorities of cameras' certificates, or NULL: the system's
    char *tls_cert;     // who we are to browsers, or NULL: plain connections
    char *tls_key;      // set with it
    char *push_listen;  // where sources push to, or NULL
    char *allow_origin; // whose pages may read live pictures, between blanks; or NULL
    bool no_auth;
    bool behind_proxy; // which speaks TLS, and is the only way to us
    uint64_t shards;   // 0: one per CPU
    uint64_t workers_max;
    uint64_t udp_first_port; // for media by UDP; 0: any
    uint64_t udp_last_port;
    uint64_t linger_us;
    uint64_t connect_timeout_us;
    uint64_t stall_us;
    uint64_t backoff_min_us;
    uint64_t backoff_max_us;
    uint64_t backoff_wall_max_us;
    uint64_t attempts_per_s; // to cameras, as all down to host_full_us
    uint64_t attempts_max;
    uint64_t attempts_per_subnet;
    uint64_t attempts_per_host;
    uint64_t connections_per_subnet; // 0: no limit
    uint64_t connections_per_host;   // 0: no limit
    uint64_t host_full_us;
    uint64_t probe_interval_us; // 0: never
    uint64_t gop_max_bytes;
    uint64_t gop_total_bytes;
    uint64_t viewer_queue_bytes;
    uint64_t viewer_stuck_us;
    uint64_t api_rate;   // requests a second of one account; 0: no limit
    uint64_t api_burst;  // at once
    uint64_t audit_days; // that entries of the audit log are kept
    bool audio;          // is pulled beside the video
    bool verbose;
};

// Defaults, all strings allocated. Returns 0 or -ENOMEM.
int gw_settings_init(struct gw_settings *s);
void gw_settings_finish(struct gw_settings *s);

// Sets what `argv` says (argv[0] is skipped), reading the --config file first,
// so that the command line wins. Returns 0; 1 when --help was asked for; or
// -EINVAL, -ENOENT, -EACCES or -EIO with the words in `ret_error`.
int gw_settings_from_args(struct gw_settings *s, int argc, char **argv,
                          char ret_error[GW_SAY_MAX]);

// Whether settings that are good one by one go together. Returns 0 or -EINVAL with the
// words in `ret_error`.
int gw_settings_check(const struct gw_settings *s, char ret_error[GW_SAY_MAX]);

// Reads a configuration file. Errors name file, line and key.
int gw_settings_from_file(struct gw_settings *s, const char *path,
                          char ret_error[GW_SAY_MAX]);

// Writes the options, one a line with its default, to `out`.
void gw_settings_help(FILE *out);

#endif
