#include "app/settings.h"

#include "app/setting_table.h"
#include "base/clock.h"
#include "base/text.h"
#include "ingest/worker.h"
#include "map/audit_writer.h"
#include "ws/origin.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void *field_of(struct gw_settings *s, const struct gw_setting *setting)
{
    return (char *)s + setting->offset;
}

int gw_settings_init(struct gw_settings *s)
{
    *s = (struct gw_settings) {
        .data = strdup("/var/lib/gridwall"),
        .listen = strdup("127.0.0.1:8080"),
        .www = strdup(GW_WWW_DIR),
        .reader = strdup(GW_TABLE_PROGRAM),
        .worker = strdup(GW_WORKER_PROGRAM),
        .workers_max = GW_WORKERS_MAX,
        .linger_us = 15 * (uint64_t)GW_SECOND,
        .connect_timeout_us = 5 * (uint64_t)GW_SECOND,
        .stall_us = 8 * (uint64_t)GW_SECOND,
        .backoff_min_us = 500 * (uint64_t)GW_MS,
        .backoff_max_us = 30 * (uint64_t)GW_SECOND,
        .backoff_wall_max_us = 2 * (uint64_t)GW_SECOND,
        .attempts_per_s = 200,
        .attempts_max = 256,
        .attempts_per_subnet = 64,
        .attempts_per_host = 16,
        .host_full_us = 2 * (uint64_t)GW_SECOND,
        .probe_interval_us = 600 * (uint64_t)GW_SECOND,
        .gop_max_bytes = 8 * GW_MEGABYTE,
        .gop_total_bytes = 1024 * GW_MEGABYTE,
        .viewer_queue_bytes = 9 * GW_MEGABYTE,
        .api_rate = 100,
        .api_burst = 1000,
        .viewer_stuck_us = 10 * (uint64_t)GW_SECOND,
        .audit_days = GW_AUDIT_DAYS_DEFAULT,
    };
    if (s->data && s->listen && s->www && s->reader && s->worker)
        return 0;
    gw_settings_finish(s);
    return -ENOMEM;
}

void gw_settings_finish(struct gw_settings *s)
{
    free(s->config);
    free(s->data);
    free(s->key_file);
    free(s->listen);
    free(s->www);
    free(s->reader);
    free(s->worker);
    free(s->files_dir);
    free(s->push_listen);
    free(s->allow_origin);
    free(s->ca_file);
    free(s->tls_cert);
    free(s->tls_key);
    *s = (struct gw_settings) { 0 };
}

// Letters that differ when the shorter is laid over the longer from either end:
// enough to find the key behind a typing error.
static size_t distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    size_t min = la < lb ? la : lb;
    size_t max = la < lb ? lb : la;
    size_t front = 0, back = 0;

    while (front < min && a[front] == b[front])
        front++;
    while (back < min - front && a[la - 1 - back] == b[lb - 1 - back])
        back++;
    return max - front - back;
}

// A file of settings names no other.
static bool is_config(const struct gw_setting *setting)
{
    return setting->offset == offsetof(struct gw_settings, config);
}

static const struct gw_setting *find(const char *key, size_t len)
{
    for (size_t i = 0; i < GW_SETTINGS; i++)
        if (strlen(gw_setting_table[i].key) == len &&
            strncmp(gw_setting_table[i].key, key, len) == 0)
            return &gw_setting_table[i];
    return NULL;
}

static int complain_unknown(const char *where, const char *key, char *ret_error)
{
    const struct gw_setting *nearest = &gw_setting_table[0];
    for (size_t i = 1; i < GW_SETTINGS; i++)
        if (distance(gw_setting_table[i].key, key) < distance(nearest->key, key))
            nearest = &gw_setting_table[i];

    if (distance(nearest->key, key) <= 3)
        gw_say_to(ret_error, "%s: there is no setting \"%s\". Did you mean \"%s\"?",
                  "%s：没有设置项“%s”。是否应为“%s”？", where, key, nearest->key);
    else
        gw_say_to(ret_error,
                  "%s: there is no setting \"%s\". `gridwall serve --help` lists them.",
                  "%s：没有设置项“%s”。用 `gridwall serve --help` 查看全部设置。", where,
                  key);
    return -EINVAL;
}

static int set_number(const struct gw_setting *setting, uint64_t *ret_field,
                      const char *where, const char *value, char *ret_error)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || errno || v < setting->min ||
        v > setting->max) {
        gw_say_to(ret_error,
                  "%s: %s takes a whole number from %" PRIu64 " to %" PRIu64
                  " (%s), not \"%s\".",
                  "%s：%s 应为 %" PRIu64 " 到 %" PRIu64 " 的整数（%s），而不是“%s”。",
                  where, setting->key, setting->min, setting->max, setting->argument,
                  value);
        return -EINVAL;
    }
    *ret_field = v * setting->unit;
    return 0;
}

static int set_string(char **ret_field, const char *value)
{
    char *copy = strdup(value);
    if (!copy)
        return -ENOMEM;
    free(*ret_field);
    *ret_field = copy;
    return 0;
}

static int set_flag(const struct gw_setting *setting, bool *ret_field, const char *where,
                    const char *value, char *ret_error)
{
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
        gw_say_to(ret_error, "%s: %s is true or false, not \"%s\".",
                  "%s：%s 应为 true 或 false，而不是“%s”。", where, setting->key, value);
        return -EINVAL;
    }
    *ret_field = *value == 't';
    return 0;
}

static int set(struct gw_settings *s, const struct gw_setting *setting, const char *where,
               const char *value, char *ret_error)
{
    void *field = field_of(s, setting);

    switch (setting->type) {
    case GW_SETTING_FLAG: return set_flag(setting, field, where, value, ret_error);
    case GW_SETTING_STRING: return set_string(field, value);
    case GW_SETTING_NUMBER: return set_number(setting, field, where, value, ret_error);
    }
    abort(); // -Wswitch-enum: every type is above
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return text;
}

static int set_from_line(struct gw_settings *s, const char *where, char *line,
                         char *ret_error)
{
    char *text = trim(line);
    if (!*text || *text == '#')
        return 0;

    char *equals = strchr(text, '=');
    if (!equals) {
        gw_say_to(ret_error, "%s: expected \"key = value\", found \"%s\".",
                  "%s：应为“键 = 值”，实际为“%s”。", where, text);
        return -EINVAL;
    }
    *equals = '\0';
    char *key = trim(text);
    const struct gw_setting *setting = find(key, strlen(key));
    if (!setting || is_config(setting))
        return complain_unknown(where, key, ret_error);
    return set(s, setting, where, trim(equals + 1), ret_error);
}

int gw_settings_from_file(struct gw_settings *s, const char *path,
                          char ret_error[GW_SAY_MAX])
{
    char line[GW_CONFIG_LINE_MAX];
    char where[PATH_MAX + 16];
    int r = 0;

    FILE *f = fopen(path, "re");
    if (!f) {
        r = -errno;
        gw_say_to(ret_error, "cannot read the configuration file %s: %s.",
                  "无法读取配置文件 %s：%s。", path, strerror(errno));
        return r;
    }
    for (unsigned number = 1; r == 0 && fgets(line, sizeof(line), f); number++) {
        snprintf(where, sizeof(where), "%s:%u", path, number);
        if (!strchr(line, '\n') && !feof(f)) {
            gw_say_to(ret_error, "%s: the line is longer than %d bytes.",
                      "%s：该行超过 %d 字节。", where, GW_CONFIG_LINE_MAX);
            r = -EINVAL;
        } else {
            r = set_from_line(s, where, line, ret_error);
        }
    }
    if (r == 0 && ferror(f)) {
        r = -EIO;
        gw_say_to(ret_error, "cannot read the configuration file %s: %s.",
                  "无法读取配置文件 %s：%s。", path, strerror(EIO));
    }
    fclose(f);
    return r;
}

// One walk over the arguments. Files are read in a first walk and everything
// else is set in a second one, so that the command line wins.
static int walk(struct gw_settings *s, int argc, char **argv, bool files, char *ret_error)
{
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
            return 1;
        if (strncmp(arg, "--", 2) != 0) {
            gw_say_to(ret_error, "\"%s\" is not an option; options begin with --.",
                      "“%s”不是选项，选项以 -- 开头。", arg);
            return -EINVAL;
        }

        const char *key = arg + 2;
        size_t len = strcspn(key, "=");
        const struct gw_setting *setting = find(key, len);
        if (!setting)
            return complain_unknown("--", key, ret_error);

        const char *value = "true";
        if (key[len] == '=') {
            value = key + len + 1;
        } else if (setting->type != GW_SETTING_FLAG) {
            if (++i == argc) {
                gw_say_to(ret_error, "--%s needs a value: --%s %s.",
                          "--%s 缺少值：--%s %s。", setting->key, setting->key,
                          setting->argument);
                return -EINVAL;
            }
            value = argv[i];
        }

        bool is_file = is_config(setting);
        int r = 0;
        if (files && is_file)
            r = gw_settings_from_file(s, value, ret_error);
        if (r == 0 && files == is_file)
            r = set(s, setting, "--", value, ret_error);
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_backoff(const struct gw_settings *s, char *ret_error)
{
    if (s->backoff_max_us >= s->backoff_min_us)
        return 0;
    gw_say_to(ret_error,
              "backoff-max is %" PRIu64 " ms, shorter than backoff-min, %" PRIu64
              " ms: raise the one or lower the other.",
              "backoff-max（%" PRIu64 " 毫秒）小于 backoff-min（%" PRIu64
              " 毫秒），请调整其中之一。",
              s->backoff_max_us / GW_MS, s->backoff_min_us / GW_MS);
    return -EINVAL;
}

static int check_tls(const struct gw_settings *s, char *ret_error)
{
    if (!s->tls_cert == !s->tls_key)
        return 0;
    gw_say_to(ret_error, "%s is set and %s is not: a certificate needs its private key.",
              "已设置 %s 但未设置 %s：证书与私钥必须同时设置。",
              s->tls_cert ? "tls-cert" : "tls-key", s->tls_cert ? "tls-key" : "tls-cert");
    return -EINVAL;
}

static int check_origins(const struct gw_settings *s, char *ret_error)
{
    char word[GW_ORIGIN_MAX + 1];
    size_t len;
    for (const char *p = s->allow_origin ? s->allow_origin : ""; *(p += strspn(p, " ,"));
         p += len) {
        len = strcspn(p, " ,");
        snprintf(word, sizeof(word), "%.*s", (int)len, p);
        if (strcmp(word, "*") == 0 || (len < sizeof(word) && gw_origin_is_good(word)))
            continue;
        gw_say_to(
            ret_error,
            "--allow-origin: \"%s\" is no origin. Write scheme and host in small "
            "letters without a path, https://video.example for example, or *.",
            "--allow-origin：“%s”不是有效来源。请写小写的协议和主机，不带路径，例如 "
            "https://video.example，或 *。",
            word);
        return -EINVAL;
    }
    return 0;
}

int gw_settings_check(const struct gw_settings *s, char ret_error[GW_SAY_MAX])
{
    int r = check_backoff(s, ret_error);
    if (r == 0)
        r = check_tls(s, ret_error);
    return r < 0 ? r : check_origins(s, ret_error);
}

int gw_settings_from_args(struct gw_settings *s, int argc, char **argv,
                          char ret_error[GW_SAY_MAX])
{
    int r = walk(s, argc, argv, true, ret_error);
    if (r == 0)
        r = walk(s, argc, argv, false, ret_error);
    return r == 0 ? gw_settings_check(s, ret_error) : r;
}

static void print_default(FILE *out, struct gw_settings *defaults,
                          const struct gw_setting *setting)
{
    void *field = field_of(defaults, setting);
    if (setting->type == GW_SETTING_NUMBER)
        fprintf(out, " [%" PRIu64 "]", *(uint64_t *)field / setting->unit);
    else if (setting->type == GW_SETTING_STRING && *(char **)field)
        fprintf(out, " [%s]", *(char **)field);
}

void gw_settings_help(FILE *out)
{
    enum gw_lang lang = gw_lang_of_terminal();
    struct gw_settings defaults;

    if (gw_settings_init(&defaults) < 0)
        return;
    for (size_t i = 0; i < GW_SETTINGS; i++) {
        const struct gw_setting *setting = &gw_setting_table[i];
        char head[64];
        snprintf(head, sizeof(head), "--%s %s", setting->key,
                 setting->argument ? setting->argument : "");
        fprintf(out, "  %-26s %s", head, gw_text_in(setting->help, lang));
        print_default(out, &defaults, setting);
        fputc('\n', out);
    }
    gw_settings_finish(&defaults);
}
