#include "app/settings.h"

#include "base/clock.h"
#include "base/text.h"
#include "ingest/worker.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum setting_type { FLAG, STRING, NUMBER };

struct setting {
    const char *key;
    enum setting_type type;
    const char *argument; // what help calls it
    size_t offset;
    uint64_t unit;     // NUMBER: what one of it is in the field's unit
    uint64_t min, max; // NUMBER, in the user's unit
    struct gw_text help;
};

#define FIELD(name) offsetof(struct gw_settings, name)

enum { MEGABYTE = 1024 * 1024 };

static const struct setting settings[] = {
    { "config",
      STRING,
      "FILE",
      FIELD(config),
      0,
      0,
      0,
      { "read settings from FILE (key = value)", "从文件读取设置（键 = 值）" } },
    { "data",
      STRING,
      "DIR",
      FIELD(data),
      0,
      0,
      0,
      { "directory of the registry", "台账所在目录" } },
    { "listen",
      STRING,
      "ADDR:PORT",
      FIELD(listen),
      0,
      0,
      0,
      { "where browsers connect", "浏览器连接的地址和端口" } },
    { "push-listen",
      STRING,
      "ADDR:PORT",
      FIELD(push_listen),
      0,
      0,
      0,
      { "where sources push to by RTSP, each with its key; off without it",
        "信号源 RTSP 推流的地址和端口（各源凭密钥），默认关闭" } },
    { "ca-file",
      STRING,
      "FILE",
      FIELD(ca_file),
      0,
      0,
      0,
      { "PEM file of whom to believe cameras' certificates (rtsps); default: the "
        "system's",
        "摄像机证书（rtsps）的受信签发机构 PEM 文件，默认使用系统证书" } },
    { "www",
      STRING,
      "DIR",
      FIELD(www),
      0,
      0,
      0,
      { "directory of the web application", "网页程序所在目录" } },
    { "files-dir",
      STRING,
      "DIR",
      FIELD(files_dir),
      0,
      0,
      0,
      { "file:///NAME plays files from below it; off without it",
        "file:///NAME 播放该目录下的文件，默认关闭" } },
    { "worker",
      STRING,
      "FILE",
      FIELD(worker),
      0,
      0,
      0,
      { "program that opens RTMP, HTTP, SRT, UDP and files",
        "打开 RTMP、HTTP、SRT、UDP 和文件的程序" } },
    { "workers-max",
      NUMBER,
      "N",
      FIELD(workers_max),
      1,
      0,
      4096,
      { "of these at once, each a process", "上述程序同时运行的上限，每路一个进程" } },
    { "no-auth",
      FLAG,
      NULL,
      FIELD(no_auth),
      0,
      0,
      0,
      { "nobody signs in; loopback addresses only", "免登录，仅限本机回环地址" } },
    { "shards",
      NUMBER,
      "N",
      FIELD(shards),
      1,
      0,
      GW_SHARDS_MAX,
      { "threads that carry streams; 0: one per CPU",
        "码流线程数，0 表示每个 CPU 一个" } },
    { "udp-first-port",
      NUMBER,
      "PORT",
      FIELD(udp_first_port),
      1,
      0,
      65534,
      { "first of our ports for media by UDP; 0: any",
        "UDP 取流本地起始端口，0 表示任意" } },
    { "udp-last-port",
      NUMBER,
      "PORT",
      FIELD(udp_last_port),
      1,
      0,
      65535,
      { "and the last; two a medium", "UDP 取流本地结束端口，每路占用两个" } },
    { "linger",
      NUMBER,
      "SECONDS",
      FIELD(linger_us),
      GW_SECOND,
      0,
      3600,
      { "keep pulling a camera nobody watches any more", "无人观看后继续取流的时间" } },
    { "connect-timeout",
      NUMBER,
      "SECONDS",
      FIELD(connect_timeout_us),
      GW_SECOND,
      1,
      300,
      { "give up a camera that does not answer", "摄像机应答超时" } },
    { "stall",
      NUMBER,
      "SECONDS",
      FIELD(stall_us),
      GW_SECOND,
      1,
      300,
      { "give up a camera that went silent", "码流中断判定时间" } },
    { "backoff-min",
      NUMBER,
      "MS",
      FIELD(backoff_min_us),
      GW_MS,
      50,
      3600 * 1000,
      { "wait before the first retry", "首次重试等待" } },
    { "backoff-max",
      NUMBER,
      "MS",
      FIELD(backoff_max_us),
      GW_MS,
      50,
      24 * 3600 * 1000,
      { "longest wait between retries", "重试等待上限" } },
    { "backoff-wall-max",
      NUMBER,
      "MS",
      FIELD(backoff_wall_max_us),
      GW_MS,
      50,
      24 * 3600 * 1000,
      { "longest wait for a camera somebody watches", "有人观看的摄像机重试等待上限" } },
    { "attempts-per-second",
      NUMBER,
      "N",
      FIELD(attempts_per_s),
      1,
      1,
      10000,
      { "connection attempts to cameras in any second", "每秒连接摄像机次数上限" } },
    { "attempts-max",
      NUMBER,
      "N",
      FIELD(attempts_max),
      1,
      1,
      10000,
      { "attempts under way at once", "同时进行的连接尝试上限" } },
    { "attempts-per-subnet",
      NUMBER,
      "N",
      FIELD(attempts_per_subnet),
      1,
      1,
      10000,
      { "the same to one subnet (/24, /64)", "同一子网（/24、/64）同时连接尝试上限" } },
    { "attempts-per-host",
      NUMBER,
      "N",
      FIELD(attempts_per_host),
      1,
      1,
      10000,
      { "the same to one host", "同一主机同时连接尝试上限" } },
    { "connections-per-subnet",
      NUMBER,
      "N",
      FIELD(connections_per_subnet),
      1,
      0,
      1000000,
      { "connections to one subnet; 0: no limit", "同一子网连接数上限，0 表示不限" } },
    { "connections-per-host",
      NUMBER,
      "N",
      FIELD(connections_per_host),
      1,
      0,
      1000000,
      { "connections to one host; 0: no limit", "同一主机连接数上限，0 表示不限" } },
    { "host-full",
      NUMBER,
      "SECONDS",
      FIELD(host_full_us),
      GW_SECOND,
      1,
      3600,
      { "leave a host alone that serves no more sessions (453, 503)",
        "主机会话已满（453、503）后暂停连接的时间" } },
    { "probe-interval",
      NUMBER,
      "SECONDS",
      FIELD(probe_interval_us),
      GW_SECOND,
      0,
      24 * 3600,
      { "ask every camera nobody pulls once in this time; 0: never",
        "未取流摄像机的在线巡检周期，0 表示不巡检" } },
    { "gop-max",
      NUMBER,
      "MB",
      FIELD(gop_max_bytes),
      MEGABYTE,
      1,
      256,
      { "cached pictures of one stream", "每路码流缓存上限" } },
    { "gop-total",
      NUMBER,
      "MB",
      FIELD(gop_total_bytes),
      MEGABYTE,
      16,
      1024 * 1024,
      { "cached pictures of all streams; the least watched go first",
        "全部码流缓存上限，观看最少者先让出" } },
    { "viewer-queue",
      NUMBER,
      "MB",
      FIELD(viewer_queue_bytes),
      MEGABYTE,
      1,
      256,
      { "what may wait for one viewer of one stream", "每个观看者排队上限" } },
    { "viewer-stuck",
      NUMBER,
      "SECONDS",
      FIELD(viewer_stuck_us),
      GW_SECOND,
      1,
      600,
      { "close a viewer that takes nothing", "观看者停滞后断开" } },
    { "audio",
      FLAG,
      NULL,
      FIELD(audio),
      0,
      0,
      0,
      { "pull the sound of cameras too, for viewers who ask for it",
        "同时拉取摄像机的声音，供需要的观看者使用" } },
    { "verbose",
      FLAG,
      NULL,
      FIELD(verbose),
      0,
      0,
      0,
      { "log every attempt and every viewer", "记录每次尝试和每个观看者" } },
};

enum { SETTINGS = sizeof(settings) / sizeof(*settings) };

static void *field_of(struct gw_settings *s, const struct setting *setting)
{
    return (char *)s + setting->offset;
}

int gw_settings_init(struct gw_settings *s)
{
    *s = (struct gw_settings) {
        .data = strdup("/var/lib/gridwall"),
        .listen = strdup("127.0.0.1:8080"),
        .www = strdup(GW_WWW_DIR),
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
        .gop_max_bytes = 8 * MEGABYTE,
        .gop_total_bytes = 1024 * MEGABYTE,
        .viewer_queue_bytes = 4 * MEGABYTE,
        .viewer_stuck_us = 10 * (uint64_t)GW_SECOND,
    };
    if (s->data && s->listen && s->www && s->worker)
        return 0;
    gw_settings_finish(s);
    return -ENOMEM;
}

void gw_settings_finish(struct gw_settings *s)
{
    free(s->config);
    free(s->data);
    free(s->listen);
    free(s->www);
    free(s->worker);
    free(s->files_dir);
    free(s->push_listen);
    free(s->ca_file);
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

static const struct setting *find(const char *key, size_t len)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strlen(settings[i].key) == len && strncmp(settings[i].key, key, len) == 0)
            return &settings[i];
    return NULL;
}

static int complain_unknown(const char *where, const char *key, char *ret_error)
{
    const struct setting *nearest = &settings[0];
    for (size_t i = 1; i < SETTINGS; i++)
        if (distance(settings[i].key, key) < distance(nearest->key, key))
            nearest = &settings[i];

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

static int set_number(const struct setting *setting, uint64_t *ret_field,
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

static int set_flag(const struct setting *setting, bool *ret_field, const char *where,
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

static int set(struct gw_settings *s, const struct setting *setting, const char *where,
               const char *value, char *ret_error)
{
    void *field = field_of(s, setting);

    switch (setting->type) {
    case FLAG: return set_flag(setting, field, where, value, ret_error);
    case STRING: return set_string(field, value);
    case NUMBER: return set_number(setting, field, where, value, ret_error);
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
    const struct setting *setting = find(key, strlen(key));
    if (!setting || setting->offset == FIELD(config))
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
        const struct setting *setting = find(key, len);
        if (!setting)
            return complain_unknown("--", key, ret_error);

        const char *value = "true";
        if (key[len] == '=') {
            value = key + len + 1;
        } else if (setting->type != FLAG) {
            if (++i == argc) {
                gw_say_to(ret_error, "--%s needs a value: --%s %s.",
                          "--%s 缺少值：--%s %s。", setting->key, setting->key,
                          setting->argument);
                return -EINVAL;
            }
            value = argv[i];
        }

        bool is_file = setting->offset == FIELD(config);
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

int gw_settings_check(const struct gw_settings *s, char ret_error[GW_SAY_MAX])
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

int gw_settings_from_args(struct gw_settings *s, int argc, char **argv,
                          char ret_error[GW_SAY_MAX])
{
    int r = walk(s, argc, argv, true, ret_error);
    if (r == 0)
        r = walk(s, argc, argv, false, ret_error);
    return r == 0 ? gw_settings_check(s, ret_error) : r;
}

static void print_default(FILE *out, struct gw_settings *defaults,
                          const struct setting *setting)
{
    void *field = field_of(defaults, setting);
    if (setting->type == NUMBER)
        fprintf(out, " [%" PRIu64 "]", *(uint64_t *)field / setting->unit);
    else if (setting->type == STRING && *(char **)field)
        fprintf(out, " [%s]", *(char **)field);
}

void gw_settings_help(FILE *out)
{
    enum gw_lang lang = gw_lang_of_terminal();
    struct gw_settings defaults;

    if (gw_settings_init(&defaults) < 0)
        return;
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *setting = &settings[i];
        char head[64];
        snprintf(head, sizeof(head), "--%s %s", setting->key,
                 setting->argument ? setting->argument : "");
        fprintf(out, "  %-26s %s", head, gw_text_in(setting->help, lang));
        print_default(out, &defaults, setting);
        fputc('\n', out);
    }
    gw_settings_finish(&defaults);
}
