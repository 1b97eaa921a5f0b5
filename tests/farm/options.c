#include "tests/farm/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "gridwall-farm --port P --cameras N [options]\n"
    "\n"
    "Simulated RTSP cameras: rtsp://HOST:P/cam/00001/main and /sub, up to N.\n"
    "\n"
    "  --port P             0 takes a free one; \"listening on ADDRESS:PORT\" is "
    "printed\n"
    "  --cameras N\n"
    "  --address A          numeric, default 127.0.0.1\n"
    "  --clip FILE          main streams loop this H.264 file instead of generated "
    "clips;\n"
    "                       give it again for more. Sub streams too without --sub-clip\n"
    "  --sub-clip FILE      the same for sub streams\n"
    "  --clips-dir DIR      keeps generated clips, default "
    "$XDG_CACHE_HOME/gridwall/clips\n"
    "  --main-size WxH      default 1280x720        --main-kbps K  default 2000\n"
    "  --sub-size WxH       default 640x360         --sub-kbps K   default 500\n"
    "  --auth USER:PASSWORD Digest with MD5\n"
    "  --auth-sha256        Digest with SHA-256 instead\n"
    "  --start-anywhere     sessions do not begin with a key frame\n"
    "  --timeout S          closes connections of clients silent for S seconds, default "
    "60\n"
    "  --seed N             of SSRCs, sequence numbers and faults, default 1\n"
    "  --fault SPEC         misbehave from the start, like \"stall:1-10\"\n"
    "  --control-port P     take SPECs at run time, a line each; 0 takes a free port "
    "and\n"
    "                       \"control on PORT\" is printed. \"stats\" answers with JSON\n"
    "  --journal FILE       append who connected and who plays, with times: see "
    "docs/testing.md\n"
    "\n"
    "SPEC is COMMAND [CAMERAS], CAMERAS are 7, 1-10 or all:\n"
    "  stall    send nothing                  refuse   503 to new sessions\n"
    "  drop P   leave out RTP packets with    garbage  random bytes between frames\n"
    "           probability P (0.05)          close    cut running sessions off, once\n"
    "  resume   behave again\n";

enum choice {
    PORT = 1,
    CAMERAS,
    ADDRESS,
    CLIP,
    SUB_CLIP,
    CLIPS_DIR,
    MAIN_SIZE,
    SUB_SIZE,
    MAIN_KBPS,
    SUB_KBPS,
    AUTH,
    AUTH_SHA256,
    START_ANYWHERE,
    TIMEOUT,
    SEED,
    FAULT,
    CONTROL_PORT,
    JOURNAL,
    HELP,
};

static const struct choice_text {
    const char *name;
    bool value;
} texts[] = {
    [PORT] = { "port", true },
    [CAMERAS] = { "cameras", true },
    [ADDRESS] = { "address", true },
    [CLIP] = { "clip", true },
    [SUB_CLIP] = { "sub-clip", true },
    [CLIPS_DIR] = { "clips-dir", true },
    [MAIN_SIZE] = { "main-size", true },
    [SUB_SIZE] = { "sub-size", true },
    [MAIN_KBPS] = { "main-kbps", true },
    [SUB_KBPS] = { "sub-kbps", true },
    [AUTH] = { "auth", true },
    [AUTH_SHA256] = { "auth-sha256", false },
    [START_ANYWHERE] = { "start-anywhere", false },
    [TIMEOUT] = { "timeout", true },
    [SEED] = { "seed", true },
    [FAULT] = { "fault", true },
    [CONTROL_PORT] = { "control-port", true },
    [JOURNAL] = { "journal", true },
    [HELP] = { "help", false },
};

static int number(const char *text, long long low, long long high, long long *ret_number)
{
    char *end;

    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || errno || n < low || n > high)
        return -EINVAL;
    *ret_number = n;
    return 0;
}

static int int_number(const char *text, int low, int high, int *ret_number)
{
    long long n;
    int r = number(text, low, high, &n);
    if (!r)
        *ret_number = (int)n;
    return r;
}

static int size(const char *text, struct farm_clip_spec *spec)
{
    int width;
    int height;
    char rest;

    if (sscanf(text, "%dx%d%c", &width, &height, &rest) != 2 || width < 64 ||
        height < 64 || width > 4096 || height > 4096 || width % 2 || height % 2)
        return -EINVAL;
    spec->width = width;
    spec->height = height;
    return 0;
}

static int add_text(const char *text, const char **list, size_t *count, size_t max)
{
    if (*count == max)
        return -EINVAL;
    list[(*count)++] = text;
    return 0;
}

static int auth(char *text, struct farm_options *o)
{
    char *colon = strchr(text, ':');
    if (!colon || colon == text)
        return -EINVAL;
    *colon = '\0';
    o->user = text;
    o->password = colon + 1;
    return 0;
}

static int take_number(struct farm_options *o, enum choice option, const char *text)
{
    long long n = 0;
    int r = number(text, option == SEED ? 0 : 1,
                   option == SEED ? INT64_MAX : FARM_CAMERAS_MAX, &n);

    if (option == CAMERAS)
        o->cameras = (uint32_t)n;
    else if (option == TIMEOUT)
        o->timeout_s = (unsigned)n;
    else
        o->seed = (uint64_t)n;
    return r;
}

static int take(struct farm_options *o, enum choice option, char *text)
{
    switch (option) {
    case PORT: return int_number(text, 0, 65535, &o->port);
    case CONTROL_PORT: return int_number(text, 0, 65535, &o->control_port);
    case CAMERAS:
    case TIMEOUT:
    case SEED: return take_number(o, option, text);
    case ADDRESS: o->address = text; return 0;
    case CLIPS_DIR: o->clips_dir = text; return 0;
    case JOURNAL: o->journal = text; return 0;
    case CLIP:
        return add_text(text, o->files[FARM_MAIN], &o->file_count[FARM_MAIN],
                        FARM_FILES_MAX);
    case SUB_CLIP:
        return add_text(text, o->files[FARM_SUB], &o->file_count[FARM_SUB],
                        FARM_FILES_MAX);
    case FAULT: return add_text(text, o->faults, &o->fault_count, FARM_FAULTS_MAX);
    case MAIN_SIZE: return size(text, &o->made[FARM_MAIN]);
    case SUB_SIZE: return size(text, &o->made[FARM_SUB]);
    case MAIN_KBPS: return int_number(text, 50, 50000, &o->made[FARM_MAIN].kbps);
    case SUB_KBPS: return int_number(text, 50, 50000, &o->made[FARM_SUB].kbps);
    case AUTH: return auth(text, o);
    case AUTH_SHA256: o->sha256 = true; return 0;
    case START_ANYWHERE: o->start_anywhere = true; return 0;
    case HELP: return -ECANCELED;
    }
    return -EINVAL; // what getopt_long() did not know, and has complained about
}

static int parse_all(int argc, char **argv, struct farm_options *o)
{
    struct option longs[HELP + 1] = { 0 };
    int option;

    for (int i = PORT; i <= HELP; i++)
        longs[i - 1] = (struct option) { texts[i].name, texts[i].value, NULL, i };
    while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        if (option == '?')
            return -EINVAL;
        int r = take(o, (enum choice)option, optarg);
        if (r == -EINVAL)
            (void)fprintf(stderr, "gridwall-farm: --%s cannot be \"%s\"\n",
                          texts[option].name, optarg);
        if (r)
            return r;
    }
    if (optind < argc || o->port == FARM_NO_PORT || o->cameras == 0) {
        (void)fprintf(stderr, "gridwall-farm: say --port P --cameras N\n");
        return -EINVAL;
    }
    return 0;
}

int farm_options_parse(int argc, char **argv, struct farm_options *ret_options)
{
    struct farm_options o = {
        .address = "127.0.0.1",
        .port = FARM_NO_PORT,
        .control_port = FARM_NO_PORT,
        .made = { [FARM_MAIN] = { 0, 1280, 720, 2000 },
                  [FARM_SUB] = { 0, 640, 360, 500 } },
        .seed = 1,
        .timeout_s = 60,
    };

    int r = parse_all(argc, argv, &o);
    if (r == -ECANCELED)
        (void)fputs(help, stdout);
    else if (r)
        (void)fputs("gridwall-farm --help tells all options\n", stderr);
    else
        *ret_options = o;
    return r;
}
