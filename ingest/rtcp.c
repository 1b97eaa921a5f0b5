#include "ingest/rtcp.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
    VERSION = 2,
    COUNT = 0x1f,
    SENDER_REPORT = 200, // packet types: RFC 3550 section 12.1
    RECEIVER_REPORT = 201,
    DESCRIPTION = 202,
    BYE = 203,
    ITEM_CNAME = 1,
    HEAD_BYTES = 4,
};

static_assert(HEAD_BYTES + 4 + 24 + HEAD_BYTES + 4 + 2 + GW_RTCP_CNAME_MAX + 4 <=
                  GW_RTCP_REPORT_MAX,
              "a report with a block, and a CNAME");

struct gw_rtcp_reader gw_rtcp_reader_init(const void *data, size_t len)
{
    return (struct gw_rtcp_reader) { gw_reader_init(data, len) };
}

static bool read_sender_report(struct gw_reader body, struct gw_rtcp_item *item)
{
    item->type = GW_RTCP_SENDER_REPORT;
    item->report.ssrc = gw_read_u32(&body);
    item->report.ntp = gw_read_u64(&body);
    item->report.timestamp = gw_read_u32(&body);
    return !body.failed;
}

static bool read_bye(struct gw_reader body, size_t count, struct gw_rtcp_item *item)
{
    item->type = GW_RTCP_BYE;
    item->count = count;
    item->sources = gw_read_bytes(&body, count * sizeof(uint32_t));
    return !body.failed;
}

int gw_rtcp_next(struct gw_rtcp_reader *r, struct gw_rtcp_item *ret_item)
{
    while (gw_reader_left(&r->bytes)) {
        struct gw_rtcp_item item = { 0 };
        uint8_t flags = gw_read_u8(&r->bytes);
        uint8_t type = gw_read_u8(&r->bytes);
        size_t len = (size_t)gw_read_u16(&r->bytes) * 4; // in words, the head not counted
        const uint8_t *body = gw_read_bytes(&r->bytes, len);

        if (r->bytes.failed || flags >> 6 != VERSION)
            return -EBADMSG;
        if (type != SENDER_REPORT && type != BYE)
            continue;
        struct gw_reader inner = gw_reader_init(body, len);
        if (!(type == BYE ? read_bye(inner, flags & COUNT, &item)
                          : read_sender_report(inner, &item)))
            return -EBADMSG;
        *ret_item = item;
        return 0;
    }
    return -ENOENT;
}

bool gw_rtcp_bye_names(const struct gw_rtcp_item *bye, uint32_t ssrc)
{
    struct gw_reader r = gw_reader_init(bye->sources, bye->count * sizeof(uint32_t));

    for (size_t i = 0; i < bye->count; i++) {
        if (gw_read_u32(&r) == ssrc)
            return true;
    }
    return false;
}

static void write_head(struct gw_writer *w, uint8_t count, uint8_t type, size_t body)
{
    gw_write_u8(w, (uint8_t)(VERSION << 6 | count));
    gw_write_u8(w, type);
    gw_write_u16(w, (uint16_t)(body / 4));
}

static void write_block(struct gw_writer *w, const struct gw_rtcp_block *b)
{
    gw_write_u32(w, b->ssrc);
    gw_write_u8(w, b->fraction);
    gw_write_u24(w, (uint32_t)b->lost & 0xffffff);
    gw_write_u32(w, b->highest);
    gw_write_u32(w, b->jitter);
    gw_write_u32(w, b->last_sr);
    gw_write_u32(w, b->since_sr);
}

size_t gw_rtcp_write_report(uint32_t ssrc, const struct gw_rtcp_block *block,
                            const char *cname, uint8_t buf[GW_RTCP_REPORT_MAX])
{
    static const uint8_t zeros[4];
    struct gw_writer w = gw_writer_init(buf, GW_RTCP_REPORT_MAX);
    size_t name = strlen(cname);
    size_t item = 2 + name;
    size_t end = 4 - item % 4; // at least one zero ends the list: section 6.5

    assert(name <= GW_RTCP_CNAME_MAX);
    write_head(&w, block ? 1 : 0, RECEIVER_REPORT, block ? 28 : 4);
    gw_write_u32(&w, ssrc);
    if (block)
        write_block(&w, block);
    write_head(&w, 1, DESCRIPTION, 4 + item + end);
    gw_write_u32(&w, ssrc);
    gw_write_u8(&w, ITEM_CNAME);
    gw_write_u8(&w, (uint8_t)name);
    gw_write_bytes(&w, cname, name);
    gw_write_bytes(&w, zeros, end);
    assert(!w.failed);
    return w.pos;
}
