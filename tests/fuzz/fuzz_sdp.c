// Properties: what is found lies within the text; parameter sets are whole
// length-prefixed units; and an unknown line in front changes nothing.

#include "ingest/sdp.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

static void check_inside(struct gw_rtsp_text text, const uint8_t *data, size_t size)
{
    const uint8_t *s = (const uint8_t *)text.s;
    if (s && (s < data || text.len > size || (size_t)(s - data) > size - text.len))
        abort();
}

static void check_params(const struct gw_sdp_media *media)
{
    struct gw_buf *params = gw_sdp_params(media);
    if (!params)
        return;
    struct gw_reader r = gw_reader_init(gw_buf_data(params), gw_buf_len(params));
    while (gw_reader_left(&r)) {
        uint32_t len = gw_read_u32(&r);
        if (!len || !gw_read_bytes(&r, len))
            abort();
    }
    gw_buf_unref(&params);
}

static void check(const struct gw_sdp *sdp, const uint8_t *data, size_t size)
{
    check_inside(sdp->control, data, size);
    if (sdp->count > GW_SDP_MEDIA_MAX)
        abort();
    for (size_t i = 0; i < sdp->count; i++) {
        const struct gw_sdp_media *media = &sdp->media[i];
        check_inside(media->type, data, size);
        check_inside(media->codec, data, size);
        check_inside(media->fmtp, data, size);
        check_inside(media->control, data, size);
        if (!media->width_px != !media->height_px)
            abort(); // half a size
        check_params(media);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char LINE[] = "x=unknown\r\n";
    enum { LINE_LEN = sizeof(LINE) - 1 };
    struct gw_sdp sdp;
    struct gw_sdp longer;
    uint8_t *copy = malloc(size + LINE_LEN);

    if (!copy)
        abort();
    memcpy(copy, LINE, LINE_LEN);
    if (size)
        memcpy(copy + LINE_LEN, data, size);
    gw_sdp_parse(data, size, &sdp);
    gw_sdp_parse(copy, size + LINE_LEN, &longer);
    check(&sdp, data, size);
    if (sdp.count != longer.count || sdp.control.len != longer.control.len)
        abort();
    for (size_t i = 0; i < sdp.count; i++) {
        if (sdp.media[i].payload_type != longer.media[i].payload_type ||
            sdp.media[i].codec.len != longer.media[i].codec.len)
            abort();
    }
    free(copy);
    return 0;
}
