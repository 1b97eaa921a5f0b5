// Properties: a list that is read has an id for each of 1 to GW_JSON_BULK_MAX operations,
// and nothing but an id where one is deleted; of one that is not, the member that is at
// fault is named, and nothing else is touched.

#include "app/json_bulk.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(const struct gw_bulk_part *part)
{
    const struct gw_camera_edit *edit = &part->edit;
    if (!edit->id || strlen(edit->id) > 64)
        abort();
    if (part->op == GW_BULK_DELETE && (edit->name || edit->url_main || edit->tags))
        abort();
    if (part->when.match.count > GW_REVISIONS_MAX ||
        part->when.none.count > GW_REVISIONS_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_json_bulk_problem problem = { .operation = SIZE_MAX };
    struct gw_json_bulk *bulk = NULL;
    int r = gw_json_parse_bulk((const char *)data, size, &bulk, &problem);
    if ((r == 0) != (bulk != NULL))
        abort();
    if ((r == -EINVAL) != (problem.operation != SIZE_MAX))
        abort();
    if (r == -EINVAL && (!problem.member || problem.operation > GW_JSON_BULK_MAX))
        abort();
    if (r < 0)
        return 0;
    const struct gw_bulk *parts = gw_json_bulk_get(bulk);
    if (parts->count < 1 || parts->count > GW_JSON_BULK_MAX)
        abort();
    for (size_t i = 0; i < parts->count; i++)
        check_part(&parts->parts[i]);
    gw_json_bulk_free(bulk);
    return 0;
}
