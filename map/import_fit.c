// Whether the cells of a file fit together, and to those that were there before.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "map/import_internal.h"
#include "map/topology.h"

enum { LEVEL_VILLAGE = 3 };

struct fit {
    struct gw_import *im;
    struct gw_topology *topology;
};

// What is no polygon has been told of already, or is not of this file.
static int unless_bad(int r)
{
    return r == -EBADMSG ? 0 : r;
}

static int on_cell(void *arg, const struct gw_cell *cell)
{
    struct fit *f = arg;
    const struct gw_topology_area area = { cell->code, cell->division, cell->level,
                                           cell->geometry };
    return *cell->geometry ? unless_bad(gw_topology_add_cell(f->topology, &area)) : 0;
}

static int on_division(void *arg, const struct gw_division *division)
{
    struct fit *f = arg;
    const struct gw_topology_area area = { division->code, "", division->level,
                                           division->geometry };
    if (division->level != LEVEL_VILLAGE || !*division->geometry)
        return 0;
    return unless_bad(gw_topology_add_village(f->topology, &area));
}

static struct gw_text text_of(enum gw_topology_kind kind)
{
    switch (kind) {
    case GW_TOPOLOGY_CROSSING:
        return (
            struct gw_text) { "the area crosses or touches itself at this place: draw "
                              "it anew there",
                              "该面在此处自相交，请在此处重新绘制" };
    case GW_TOPOLOGY_OVERLAP:
        return (
            struct gw_text) { "the cell overlaps this one: a camera there is in either; "
                              "move the border of one",
                              "与该网格重叠，重叠处的摄像机归属不定，请调整边界" };
    case GW_TOPOLOGY_GAP:
        return (
            struct gw_text) { "beside the cell there is a gap that belongs to none; "
                              "close it, or draw the cell that is missing",
                              "该网格旁有不属于任何网格的空隙，请补齐或补画缺少的网格" };
    case GW_TOPOLOGY_STRAY:
        return (
            struct gw_text) { "the cell reaches into this village, which is not its own; "
                              "a cell belongs to one: correct its border or its division",
                              "该网格伸入非所属村居；一个网格只属于一个村居，请更正"
                              "边界或所属区划" };
    }
    return (struct gw_text) { "", "" };
}

// The feature of the file that has this code; 0: none.
static size_t index_of(struct gw_import *im, const char *code)
{
    size_t index = 0;
    if (gw_id_set_has(&im->ids, code))
        (void)gw_id_set_add(&im->ids, code, 0, &index);
    return index;
}

static int on_finding(void *arg, const struct gw_topology_finding *finding)
{
    struct fit *f = arg;
    char value[GW_IMPORT_VALUE_MAX + 1];
    const char *other = finding->other;
    size_t index = index_of(f->im, finding->code);

    if (!index && *other && finding->kind == GW_TOPOLOGY_OVERLAP) {
        index = index_of(f->im, other);
        other = finding->code;
    }
    if (!index)
        return 0; // between others: the import of their file told it
    snprintf(value, sizeof(value), "%.32s%s%.6f,%.6f", other, *other ? " at " : "",
             finding->lon, finding->lat);
    gw_import_tell(f->im, &(struct gw_import_issue) { .line = index,
                                                      .column = "geometry",
                                                      .value = value,
                                                      .kept = true,
                                                      .what = text_of(finding->kind) });
    f->im->report.warned++;
    return 0;
}

static void tell_of_more(struct gw_import *im)
{
    gw_import_tell(im,
                   &(struct gw_import_issue) {
                       .line = 1,
                       .column = "geometry",
                       .value = "",
                       .kept = true,
                       .what = { "more than 1000 faults in how cells lie to each other; "
                                 "the others are told once these are mended",
                                 "网格间的问题超过 1000 处；更正后再报告其余" },
                   });
    im->report.warned++;
}

int gw_import_fit(struct gw_import *im)
{
    struct fit f = { .im = im };
    int r = gw_topology_create(&f.topology);
    if (r == -ENOTSUP)
        return 0;
    if (r == 0)
        r = gw_store_each_cell(im->store, on_cell, &f);
    if (r == 0)
        r = gw_store_each_division(im->store, on_division, &f);
    if (r == 0)
        r = gw_topology_check(f.topology, on_finding, &f);
    gw_topology_destroy(f.topology);
    if (r == -EOVERFLOW)
        tell_of_more(im);
    return r == -EOVERFLOW ? 0 : r;
}
