#include "app/keep_request.h"

#include "app/say.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static int print_help(const struct gw_keep_options *options, FILE *out)
{
    fputs(gw_text_in((struct gw_text) { options->usage, options->usage_zh },
                     gw_lang_of_terminal()),
          out);
    return -1;
}

static bool is(const char *arg, const char *option)
{
    return option && strcmp(arg, option) == 0;
}

// Where the value of an option goes; NULL: it takes none, or is not known.
static const char **value_of(struct gw_keep_request *q,
                             const struct gw_keep_options *options, const char *option)
{
    if (is(option, "--data"))
        return &q->dir;
    if (is(option, "--key-file"))
        return &q->key_file;
    return is(option, options->path) ? &q->path : NULL;
}

int gw_keep_request_read(const struct gw_keep_options *options, int argc, char **argv,
                         struct gw_keep_request *ret_request, int *ret_status)
{
    struct gw_keep_request q = { 0 };
    *ret_status = 2;
    for (int i = 1; i < argc; i++) {
        const char **value = value_of(&q, options, argv[i]);
        if (is(argv[i], "--help")) {
            *ret_status = 0;
            return print_help(options, stdout);
        }
        if (is(argv[i], options->flag)) {
            q.flag = true;
        } else if (value && i + 1 < argc) {
            *value = argv[++i];
        } else {
            gw_complain("there is no option \"%s\", or its value is missing; --help "
                        "lists them",
                        "没有选项“%s”，或缺少其值；用 --help 查看", argv[i]);
            return -1;
        }
    }
    if (!q.dir || (options->path && !q.path))
        return print_help(options, stderr);
    *ret_request = q;
    return 0;
}
