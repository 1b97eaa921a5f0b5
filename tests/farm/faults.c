#include "tests/farm/faults.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    [FARM_STALL] = "stall", [FARM_REFUSE] = "refuse", [FARM_GARBAGE] = "garbage",
    [FARM_DROP] = "drop",   [FARM_CLOSE] = "close",   [FARM_RESUME] = "resume",
};

int farm_faults_init(struct farm_faults *f, uint32_t cameras)
{
    f->cameras = calloc(cameras, sizeof(*f->cameras));
    if (!f->cameras)
        return -ENOMEM;
    f->count = cameras;
    return 0;
}

void farm_faults_finish(struct farm_faults *f)
{
    free(f->cameras);
    *f = (struct farm_faults) { 0 };
}

static int parse_name(const char *word, enum farm_fault *ret_fault)
{
    for (size_t i = 0; word && i < sizeof(names) / sizeof(*names); i++) {
        if (!strcmp(word, names[i])) {
            *ret_fault = (enum farm_fault)i;
            return 0;
        }
    }
    return -EBADMSG;
}

static int parse_probability(const char *word, uint32_t *ret_ppm)
{
    char *end;
    double p = word ? strtod(word, &end) : 0;

    if (!word || end == word || *end)
        return -EBADMSG;
    if (!(p >= 0 && p <= 1))
        return -ERANGE;
    *ret_ppm = (uint32_t)(p * FARM_PPM + 0.5);
    return 0;
}

static int parse_range(const char *word, uint32_t cameras, struct farm_order *order)
{
    char rest;

    order->first = 1;
    order->last = cameras;
    if (!word || !strcmp(word, "all"))
        return 0;
    if (sscanf(word, "%u-%u%c", &order->first, &order->last, &rest) != 2) {
        if (sscanf(word, "%u%c", &order->first, &rest) != 1)
            return -EBADMSG;
        order->last = order->first;
    }
    if (order->first < 1 || order->first > order->last || order->last > cameras)
        return -ERANGE;
    return 0;
}

int farm_order_parse(const char *spec, uint32_t cameras, struct farm_order *ret_order)
{
    static const char gaps[] = " :\t\r\n";
    struct farm_order order = { 0 };
    char text[FARM_SPEC_MAX];
    char *rest;

    if (strlen(spec) >= sizeof(text))
        return -EBADMSG;
    strcpy(text, spec);

    int r = parse_name(strtok_r(text, gaps, &rest), &order.fault);
    if (!r && order.fault == FARM_DROP)
        r = parse_probability(strtok_r(NULL, gaps, &rest), &order.drop_ppm);
    if (!r)
        r = parse_range(strtok_r(NULL, gaps, &rest), cameras, &order);
    if (!r && strtok_r(NULL, gaps, &rest))
        r = -EBADMSG;
    if (!r)
        *ret_order = order;
    return r;
}

static void apply(struct farm_camera_faults *camera, const struct farm_order *order)
{
    switch (order->fault) {
    case FARM_STALL: camera->stall = true; break;
    case FARM_REFUSE: camera->refuse = true; break;
    case FARM_GARBAGE: camera->garbage = true; break;
    case FARM_DROP: camera->drop_ppm = order->drop_ppm; break;
    case FARM_CLOSE: break;
    case FARM_RESUME: *camera = (struct farm_camera_faults) { 0 }; break;
    }
}

void farm_faults_apply(struct farm_faults *f, const struct farm_order *order)
{
    assert(order->first >= 1 && order->last <= f->count);
    for (uint32_t n = order->first; n <= order->last; n++)
        apply(&f->cameras[n - 1], order);
}

const struct farm_camera_faults *farm_faults_of(const struct farm_faults *f,
                                                uint32_t camera)
{
    assert(camera >= 1 && camera <= f->count);
    return &f->cameras[camera - 1];
}
