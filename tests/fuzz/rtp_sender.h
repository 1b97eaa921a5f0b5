// A hostile camera's packets, for targets that take RTP: any packets, over any number of
// sessions, at any time.
//
// The input is records of a head and a payload. The head is one byte of what happens,
// one of milliseconds that pass, one of payload length.
#ifndef GW_TESTS_FUZZ_RTP_SENDER_H
#define GW_TESTS_FUZZ_RTP_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    SENDER_RECORD_HEAD = 3,
    SENDER_RTP_HEAD = 12,
    SENDER_TYPE = 96,
    SENDER_OTHER_TYPE = 50,

    // What happens, by bits of a record's first byte.
    RAW = 0x01, // the payload is a whole packet, not one we put a header on
    MARKER = 0x02,
    NEXT_TIME = 0x04, // the timestamp goes on by a frame
    LOSS = 0x08,      // packets are missing ahead of this one
    SESSION = 0x10,   // a new session begins; the second byte picks its codec
    JUMP = 0x20,      // the camera's clock jumps
    SENDER = 0x40,    // another SSRC
    SPECIAL = 0x80,   // the target's own
};

struct rtp_sender {
    uint32_t ticks;      // of a frame
    bool special_others; // SPECIAL: another payload type
    void (*session)(void *arg, uint8_t pick);
    void (*special)(void *arg); // SPECIAL; may be NULL
    void (*packet)(void *arg, const void *data, size_t len);
    void *arg;

    uint64_t now_us;   // set to where it begins
    uint64_t bytes_in; // of payloads
    uint16_t seq;
    uint32_t timestamp;
    uint8_t ssrc;
};

static inline void demand(bool ok)
{
    if (!ok)
        abort();
}

static inline void send_packet(struct rtp_sender *s, uint8_t happens, const uint8_t *data,
                               size_t len)
{
    bool other = s->special_others && happens & SPECIAL;
    uint8_t packet[SENDER_RTP_HEAD + UINT8_MAX] = {
        0x80,
        (uint8_t)((happens & MARKER ? 0x80 : 0) |
                  (other ? SENDER_OTHER_TYPE : SENDER_TYPE)),
        (uint8_t)(s->seq >> 8),
        (uint8_t)s->seq,
        (uint8_t)(s->timestamp >> 24),
        (uint8_t)(s->timestamp >> 16),
        (uint8_t)(s->timestamp >> 8),
        (uint8_t)s->timestamp,
        [11] = s->ssrc,
    };
    memcpy(packet + SENDER_RTP_HEAD, data, len);
    s->seq++;
    s->packet(s->arg, packet, SENDER_RTP_HEAD + len);
}

static inline void send_record(struct rtp_sender *s, uint8_t happens, uint8_t pick,
                               const uint8_t *payload, size_t len)
{
    s->now_us += pick * 1000ULL;
    if (happens & SESSION)
        s->session(s->arg, pick);
    if (happens & SPECIAL && s->special)
        s->special(s->arg);
    s->timestamp += happens & NEXT_TIME ? s->ticks : 0;
    s->timestamp += happens & JUMP ? 0x31234567 : 0;
    s->seq = (uint16_t)(s->seq + (happens & LOSS ? 2 : 0));
    s->ssrc = (uint8_t)(s->ssrc + (happens & SENDER ? 1 : 0));
    s->bytes_in += len;
    if (happens & RAW)
        s->packet(s->arg, payload, len);
    else
        send_packet(s, happens, payload, len);
}

static inline void send_records(struct rtp_sender *s, const uint8_t *data, size_t size)
{
    while (size >= SENDER_RECORD_HEAD) {
        const uint8_t *payload = data + SENDER_RECORD_HEAD;
        size_t left = size - SENDER_RECORD_HEAD;
        size_t len = data[2] < left ? data[2] : left;

        send_record(s, data[0], data[1], payload, len);
        data = payload + len;
        size = left - len;
    }
}

#endif
