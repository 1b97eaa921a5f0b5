// gridwall-district: writes the demonstration district.

#include "tests/district/write.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: gridwall-district --out DIR [options]\n"
    "\n"
    "Writes a demonstration district: cameras, divisions, grid cells, base map.\n"
    "The same options give the same bytes on every machine.\n"
    "\n"
    "  --out DIR        where to; made if it is not there\n"
    "  --cameras N      1 to 99999 (8600)\n"
    "  --farm URL       where the cameras are: rtsp://HOST:PORT\n"
    "                   (rtsp://127.0.0.1:8554)\n"
    "  --user U         user in the addresses of the cameras (none)\n"
    "  --password P     and password\n"
    "  --seed N         another district of the same size (1)\n"
    "  --help           this text\n";

struct options {
    struct gw_district_output out;
    uint64_t cameras;
    bool help;
};

static bool parse_number(const char *text, uint64_t max, uint64_t *ret_number)
{
    if (*text < '0' || *text > '9')
        return false;
    char *end;
    errno = 0;
    uint64_t n = strtoull(text, &end, 10);
    if (errno || *end || n > max)
        return false;
    *ret_number = n;
    return true;
}

static int refuse(const char *what, const char *value)
{
    fprintf(stderr, "gridwall-district: %s: %s\nTry gridwall-district --help.\n", what,
            value);
    return -EINVAL;
}

static int take_option(struct options *o, int option)
{
    switch (option) {
    case 'o': o->out.dir = optarg; return 0;
    case 'f': o->out.farm = optarg; return 0;
    case 'u': o->out.user = optarg; return 0;
    case 'p': o->out.password = optarg; return 0;
    case 'h': o->help = true; return 0;
    case 'c':
        if (!parse_number(optarg, GW_CAMERA_MAX, &o->cameras) || !o->cameras)
            return refuse("--cameras takes a number from 1 to 99999, not", optarg);
        return 0;
    case 's':
        if (!parse_number(optarg, UINT64_MAX, &o->out.seed))
            return refuse("--seed takes a number, not", optarg);
        return 0;
    default: // getopt_long() has said what is wrong
        fputs("Try gridwall-district --help.\n", stderr);
        return -EINVAL;
    }
}

static int parse(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {
        { "out", required_argument, NULL, 'o' },
        { "cameras", required_argument, NULL, 'c' },
        { "farm", required_argument, NULL, 'f' },
        { "user", required_argument, NULL, 'u' },
        { "password", required_argument, NULL, 'p' },
        { "seed", required_argument, NULL, 's' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    int option, r = 0;
    while (r == 0 && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        r = take_option(o, option);
    if (r || o->help)
        return r;
    if (optind < argc)
        return refuse("not an option", argv[optind]);
    if (!o->out.dir)
        return refuse("where to is missing", "--out DIR");
    if (strncmp(o->out.farm, "rtsp://", 7) != 0)
        return refuse("--farm must begin with rtsp://, not", o->out.farm);
    if (strpbrk(o->out.farm, ",\" \r\n"))
        return refuse("--farm must not hold spaces, commas or quotes", o->out.farm);
    return 0;
}

int main(int argc, char **argv)
{
    struct options o = {
        .out = { .farm = "rtsp://127.0.0.1:8554", .seed = 1 },
        .cameras = 8600,
    };
    if (parse(argc, argv, &o))
        return EXIT_FAILURE;
    if (o.help) {
        fputs(usage, stdout);
        return EXIT_SUCCESS;
    }

    struct gw_district *d;
    int r = gw_district_create(o.out.seed, (size_t)o.cameras, &d);
    if (r) {
        fprintf(stderr, "gridwall-district: %s\n",
                r == -ERANGE ? "this seed gives no whole district: take another --seed"
                             : strerror(-r));
        return EXIT_FAILURE;
    }
    char file[GW_WRITE_FILE_MAX];
    r = gw_district_write(d, &o.out, file);
    if (r)
        fprintf(stderr, "gridwall-district: cannot write %s: %s\n", file, strerror(-r));
    gw_district_destroy(d);
    return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
