// Properties: a message that is accepted is within its bounds, and reads the same
// after blanks around it; one that is refused leaves nothing behind.
#include "ws/control.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bounds(const struct gw_control *c)
{
    switch (c->type) {
    case GW_CONTROL_OPEN:
        if (!gw_control_is_camera_id(c->wish.camera) || c->ref > INT32_MAX ||
            c->frames > GW_CREDIT_MAX || (c->frames && !c->limited) ||
            (c->wish.form != GW_FORM_WALL_AVCC && c->wish.form != GW_FORM_WALL_MP4))
            abort();
        break;
    case GW_CONTROL_CREDIT:
        if (c->ref > INT32_MAX || c->frames > GW_CREDIT_MAX)
            abort();
        break;
    case GW_CONTROL_URGENT:
    case GW_CONTROL_AUDIO:
    case GW_CONTROL_CLOSE:
        if (c->ref > INT32_MAX)
            abort();
        break;
    case GW_CONTROL_PING:
        if (!isfinite(c->t))
            abort();
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_control c;
    struct gw_control untouched;
    memset(&c, 0x5a, sizeof(c));
    memset(&untouched, 0x5a, sizeof(untouched));

    if (gw_control_parse((const char *)data, size, &c) < 0) {
        if (memcmp(&c, &untouched, sizeof(c)) != 0)
            abort();
        return 0;
    }
    check_bounds(&c);
    if (size + 2 > GW_CONTROL_IN_MAX)
        return 0;

    char padded[GW_CONTROL_IN_MAX];
    struct gw_control again;
    padded[0] = ' ';
    memcpy(padded + 1, data, size);
    padded[size + 1] = '\n';
    if (gw_control_parse(padded, size + 2, &again) < 0 || again.type != c.type ||
        again.ref != c.ref || again.urgent != c.urgent || again.limited != c.limited ||
        again.frames != c.frames || again.wish.join != c.wish.join ||
        again.wish.audio != c.wish.audio || strcmp(again.wish.camera, c.wish.camera) != 0)
        abort();
    return 0;
}
