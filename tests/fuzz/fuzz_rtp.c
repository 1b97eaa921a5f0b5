// A hostile sender's RTP packet.
//
// Property: extension and payload lie within the packet, one behind the other; padding
// that is put behind a good packet is taken off again; and a packet that is good is bad
// when it is cut within its header.
#include "ingest/rtp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PACKET_MAX = 65536, HEAD = 12, PADDING_BIT = 0x20 };

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static void check_padding(const uint8_t *data, size_t size, const struct gw_rtp_packet *p)
{
    uint8_t count = (uint8_t)(1 + p->seq % 255);
    uint8_t *padded = malloc(size + count);
    struct gw_rtp_packet again;

    if (!padded)
        return;
    memcpy(padded, data, size);
    padded[0] |= PADDING_BIT;
    memset(padded + size, 0xff, count);
    padded[size + count - 1] = count;
    demand(gw_rtp_parse(padded, size + count, &again) == 0);
    demand(again.len == p->len && again.timestamp == p->timestamp);
    demand(!p->len || memcmp(again.payload, p->payload, p->len) == 0);
    free(padded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_rtp_packet p = { .len = 42 };

    if (size > PACKET_MAX)
        return 0;
    if (gw_rtp_parse(data, size, &p)) {
        demand(p.len == 42); // untouched
        return 0;
    }
    demand(size >= HEAD && data[0] >> 6 == 2 && p.payload_type < 128);
    demand(p.len <= size - HEAD);
    demand(!p.len || (p.payload >= data + HEAD && p.payload + p.len <= data + size));
    demand(!p.extension || (p.extension_len % 4 == 0 && p.extension >= data + HEAD &&
                            p.extension + p.extension_len <= p.payload));
    demand(p.seq == (data[2] << 8 | data[3]));
    if (!(data[0] & PADDING_BIT))
        check_padding(data, size, &p);
    for (size_t cut = 0; cut < HEAD; cut++)
        demand(gw_rtp_parse(data, cut, &p) != 0);
    return 0;
}
