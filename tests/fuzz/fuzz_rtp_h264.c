// One access unit, packetised in two ways.
//
// Property: whether its NAL units come one a packet, together in aggregates or in
// fragments, the same frame leaves. (What no camera may send, fuzz_video_track does.)
//
// Input: records of a NAL unit: its type, how it travels the second time, its length,
// its bytes.
#include "ingest/rtp_h264.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    UNITS_MAX = 32,
    UNIT_MAX = 256,
    RECORD_HEAD = 3,
    PACKET_MAX = UNITS_MAX * (UNIT_MAX + 2) + 1,
    STAP_A = 24,
    FU_A = 28,
    TRAVEL = 3, // bits: whole, with the one before, or in fragments of so many
};

struct unit {
    uint8_t travel;
    size_t len;
    uint8_t bytes[UNIT_MAX + 1]; // header first
};

struct seen {
    unsigned frames;
    bool key;
    size_t len;
    size_t params_len;
    uint8_t bytes[UNITS_MAX * (UNIT_MAX + 5)];
};

struct sender {
    struct gw_access_unit *unit;
    uint16_t seq;
};

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static void on_frame(void *arg, struct gw_frame *frame, uint32_t timestamp)
{
    struct seen *s = arg;

    demand(timestamp == 7 && frame->len <= sizeof(s->bytes));
    s->frames++;
    s->key = frame->key;
    s->len = frame->len;
    s->params_len = frame->params ? gw_buf_len(frame->params) : 0;
    memcpy(s->bytes, frame->data, frame->len);
}

// Reads a unit that a camera could send: no start code in it, no zero at its end, and
// its slices begin pictures.
static size_t read_unit(const uint8_t *data, size_t size, struct unit *ret_unit)
{
    size_t len = data[2] < size - RECORD_HEAD ? data[2] : size - RECORD_HEAD;

    ret_unit->travel = data[1];
    ret_unit->len = len + 1;
    ret_unit->bytes[0] = (uint8_t)(0x60 | (1 + data[0] % 12));
    for (size_t i = 0; i < len; i++)
        ret_unit->bytes[1 + i] = data[RECORD_HEAD + i] | (i % 3 == 0 ? 0x80 : 0);
    if (len)
        ret_unit->bytes[len] |= 0x80;
    return RECORD_HEAD + len;
}

static void send_payload(struct sender *s, const uint8_t *payload, size_t len)
{
    struct gw_rtp_packet p = {
        .payload_type = 96,
        .seq = s->seq++,
        .timestamp = 7,
        .payload = payload,
        .len = len,
    };
    (void)gw_access_unit_packet(s->unit, &p);
}

static void send_fragments(struct sender *s, const struct unit *u)
{
    size_t step = 1 + (u->travel >> 2);

    for (size_t at = 1; at < u->len; at += step) {
        uint8_t payload[2 + UNIT_MAX];
        size_t len = u->len - at < step ? u->len - at : step;
        payload[0] = (uint8_t)((u->bytes[0] & 0xe0) | FU_A);
        payload[1] = (uint8_t)((u->bytes[0] & 0x1f) | (at == 1 ? 0x80 : 0) |
                               (at + len == u->len ? 0x40 : 0));
        memcpy(payload + 2, u->bytes + at, len);
        send_payload(s, payload, 2 + len);
    }
}

// Sends the units from `i` on that travel together; returns how many.
static size_t send_aggregate(struct sender *s, const struct unit *units, size_t count)
{
    static uint8_t payload[PACKET_MAX];
    size_t len = 1;
    size_t n = 0;

    payload[0] = 0x60 | STAP_A;
    do {
        payload[len++] = (uint8_t)(units[n].len >> 8);
        payload[len++] = (uint8_t)units[n].len;
        memcpy(payload + len, units[n].bytes, units[n].len);
        len += units[n].len;
        n++;
    } while (n < count && units[n].travel % TRAVEL == 1);
    send_payload(s, payload, len);
    return n;
}

static struct seen play(const struct unit *units, size_t count, bool whole)
{
    static struct seen seen;
    seen = (struct seen) { 0 };
    struct gw_access_unit_config config = { .on_frame = on_frame, .arg = &seen };
    struct sender s = { .unit = gw_access_unit_create(&gw_rtp_h264, &config) };

    demand(s.unit);
    for (size_t i = 0; i < count;) {
        size_t n = 1;
        if (whole || units[i].travel % TRAVEL == 0)
            send_payload(&s, units[i].bytes, units[i].len);
        else if (units[i].travel % TRAVEL == 2 && units[i].len > 1)
            send_fragments(&s, &units[i]);
        else
            n = send_aggregate(&s, units + i, count - i);
        i += n;
    }
    struct gw_rtp_packet end = { .timestamp = 7, .seq = s.seq, .marker = true };
    (void)gw_access_unit_packet(s.unit, &end);
    gw_access_unit_destroy(s.unit);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct unit units[UNITS_MAX];
    size_t count = 0;

    while (size >= RECORD_HEAD && count < UNITS_MAX) {
        size_t used = read_unit(data, size, &units[count++]);
        data += used;
        size -= used;
    }
    struct seen a = play(units, count, true);
    struct seen b = play(units, count, false);
    demand(a.frames == b.frames && a.frames <= 1);
    demand(a.key == b.key && a.len == b.len && a.params_len == b.params_len);
    demand(memcmp(a.bytes, b.bytes, a.len) == 0);
    return 0;
}
