// Property: what the reader of buildings takes in has corners on the globe and a height
// within bounds, its counts add up, and a second reading counts the same.
#include "map/footprint_reader.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_building(void *arg, uint32_t index)
{
    const struct gw_footprints *f = arg;
    struct gw_footprint b = gw_footprints_get(f, index);
    if (!(b.height_m > 0 && b.height_m <= GW_BUILDING_HEIGHT_MAX) || b.ring_count == 0)
        abort();
    for (size_t i = 0; i < b.ring_ends[b.ring_count - 1]; i++)
        if (!(fabs(b.points[i].lon) <= 180 && fabs(b.points[i].lat) <= 90))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_footprints *f = gw_footprints_create();
    struct gw_footprint_report report, again;
    if (!f)
        abort();
    int r = gw_footprints_read((const char *)data, size, f, &report);
    if (r != 0 && r != -EBADMSG)
        abort();
    if (report.buildings != gw_footprints_count(f) || report.guessed > report.buildings ||
        (r == 0 && report.buildings + report.refused != report.features))
        abort();
    if (gw_footprints_complete(f) < 0)
        abort();
    for (uint32_t i = 0; i < gw_footprints_count(f); i++)
        check_building(f, i);
    gw_footprints_unref(&f);

    f = gw_footprints_create();
    if (!f || gw_footprints_read((const char *)data, size, f, &again) != r ||
        memcmp(&report, &again, sizeof(report)) != 0)
        abort();
    gw_footprints_unref(&f);
    return 0;
}
