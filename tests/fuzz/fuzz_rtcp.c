// Properties: what is found lies within the packet, in order; reading it again finds
// the same; once it has ended it stays ended; and a report of ours with any figures
// in it is one that can be read.

#include "ingest/rtcp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static unsigned read_all(const uint8_t *data, size_t size, int *ret_end)
{
    struct gw_rtcp_reader r = gw_rtcp_reader_init(data, size);
    struct gw_rtcp_item item;
    const uint8_t *last = data;
    unsigned items = 0;

    while (!(*ret_end = gw_rtcp_next(&r, &item))) {
        items++;
        if (item.type == GW_RTCP_SENDER_REPORT || !item.count)
            continue;
        if (item.count > 31 || item.sources < last ||
            item.sources + 4 * item.count > data + size)
            abort();
        last = item.sources;
        (void)gw_rtcp_bye_names(&item, item.report.ssrc);
    }
    if (*ret_end != -ENOENT && *ret_end != -EBADMSG)
        abort();
    if (items * 4 > size)
        abort();
    if (gw_rtcp_next(&r, &item) == 0 && *ret_end == -ENOENT)
        abort();
    return items;
}

static void write_one(const uint8_t *data, size_t size)
{
    struct gw_rtcp_block block = { 0 };
    char cname[GW_RTCP_CNAME_MAX + 1] = "";
    uint8_t buf[GW_RTCP_REPORT_MAX];
    int end;

    memcpy(&block, data, size < sizeof(block) ? size : sizeof(block));
    for (size_t i = 0; i < GW_RTCP_CNAME_MAX && i < size; i++)
        cname[i] = data[i] ? (char)data[i] : '-';
    size_t len = gw_rtcp_write_report(1, size % 2 ? &block : NULL, cname, buf);
    if (len > sizeof(buf) || len % 4 || read_all(buf, len, &end) || end != -ENOENT)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1); // exact: what is read past it is seen
    int end;
    int again;

    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    if (read_all(copy, size, &end) != read_all(copy, size, &again) || end != again)
        abort();
    free(copy);
    write_one(data, size);
    return 0;
}
