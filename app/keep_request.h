// What `gridwall rotate-key`, `backup` and `restore` have in common: their arguments.
#ifndef GW_APP_KEEP_REQUEST_H
#define GW_APP_KEEP_REQUEST_H

#include <stdbool.h>

// Which options a command takes beside --data and --key-file; NULL: none.
struct gw_keep_options {
    const char *path;  // "--to"
    const char *flag;  // "--with-key"
    const char *usage; // in English, and
    const char *usage_zh;
};

struct gw_keep_request {
    const char *dir;
    const char *key_file; // NULL: the directory's
    const char *path;     // NULL: not given
    bool flag;
};

// Reads the arguments. Returns 0; or -1 when there is nothing more to do, with the exit
// status in `ret_status`: help was asked for, or the call was wrong, which was said.
int gw_keep_request_read(const struct gw_keep_options *options, int argc, char **argv,
                         struct gw_keep_request *ret_request, int *ret_status);

#endif
