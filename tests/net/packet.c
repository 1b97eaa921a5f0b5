#include "tests/net/packet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

enum {
    IP_BYTES = sizeof(struct iphdr), // without options
    RTP_HEAD = 12,
    RTCP_FIRST = 200, // RFC 3550 section 12.1, up to
    RTCP_LAST = 204,
    RECEIVER_REPORT = 201,
    BLOCK_AT = 8, // of a receiver report
    BLOCK_BYTES = 24,
};

static enum wire_kind kind_of_datagram(const uint8_t *data, size_t len)
{
    if (len < 8 || data[0] >> 6 != 2)
        return WIRE_UDP;
    if (data[1] >= RTCP_FIRST && data[1] <= RTCP_LAST)
        return WIRE_RTCP;
    return len >= RTP_HEAD ? WIRE_RTP : WIRE_UDP;
}

static void set_payload(struct wire_packet *p, size_t head)
{
    p->payload = p->bytes + head;
    p->payload_len = p->len - head;
}

struct wire_packet wire_packet_read(uint8_t *bytes, size_t len)
{
    struct wire_packet p = { .bytes = bytes, .len = len };

    if (len < IP_BYTES || bytes[0] != 0x45 || (bytes[6] & 0x3f) || bytes[7])
        return p;
    if (bytes[9] == IPPROTO_TCP && len >= IP_BYTES + sizeof(struct tcphdr)) {
        size_t head = IP_BYTES + (size_t)(bytes[IP_BYTES + 12] >> 4) * 4;
        if (head > len)
            return p;
        p.kind = WIRE_TCP;
        set_payload(&p, head);
    } else if (bytes[9] == IPPROTO_UDP && len >= IP_BYTES + sizeof(struct udphdr)) {
        set_payload(&p, IP_BYTES + sizeof(struct udphdr));
        p.kind = kind_of_datagram(p.payload, p.payload_len);
    }
    return p;
}

bool wire_packet_says(const struct wire_packet *p, const char *text)
{
    return p->payload && memmem(p->payload, p->payload_len, text, strlen(text));
}

bool wire_packet_is_sender_report(const struct wire_packet *p)
{
    return p->kind == WIRE_RTCP && p->payload[1] == RTCP_FIRST;
}

bool wire_packet_report(const struct wire_packet *p, int32_t *ret_lost,
                        uint8_t *ret_fraction)
{
    const uint8_t *d = p->payload;

    if (p->kind != WIRE_RTCP || d[1] != RECEIVER_REPORT || !(d[0] & 31) ||
        p->payload_len < BLOCK_AT + BLOCK_BYTES)
        return false;
    uint32_t lost = (uint32_t)d[BLOCK_AT + 5] << 16 | (uint32_t)d[BLOCK_AT + 6] << 8 |
                    d[BLOCK_AT + 7];
    *ret_lost = (int32_t)(lost << 8) >> 8; // 24 bits with a sign
    *ret_fraction = d[BLOCK_AT + 4];
    return true;
}

static void put_u16(uint8_t *at, uint16_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static uint32_t sum(const uint8_t *data, size_t len)
{
    uint32_t s = 0;

    for (size_t i = 0; i < len; i++)
        s += i % 2 ? data[i] : (uint32_t)data[i] << 8;
    return s;
}

static uint16_t fold(uint32_t s)
{
    while (s >> 16)
        s = (s & 0xffff) + (s >> 16);
    return (uint16_t)~s;
}

// RFC 791, and RFC 9293 section 3.1 or RFC 768 with their pseudo-header.
static void put_sums_right(uint8_t *bytes, size_t len)
{
    size_t at = IP_BYTES + (bytes[9] == IPPROTO_TCP ? 16 : 6);

    put_u16(bytes + 10, 0);
    put_u16(bytes + 10, fold(sum(bytes, IP_BYTES)));
    put_u16(bytes + at, 0);
    uint32_t s = sum(bytes + 12, 8) + bytes[9] + (uint32_t)(len - IP_BYTES);
    uint16_t folded = fold(s + sum(bytes + IP_BYTES, len - IP_BYTES));
    put_u16(bytes + at, folded ? folded : 0xffff);
}

void wire_packet_set_source(struct wire_packet *p, uint32_t address)
{
    if (p->kind == WIRE_OTHER)
        return;
    memcpy(p->bytes + 12, &address, sizeof(address));
    put_sums_right(p->bytes, p->len);
}

// Sequence numbers are such that the receiver must believe it: RFC 5961 section 3.2.
size_t wire_packet_reset(const struct wire_packet *p, bool forward,
                         uint8_t ret_bytes[WIRE_RESET_BYTES])
{
    struct tcphdr tcp;

    if (p->kind != WIRE_TCP)
        return 0;
    memcpy(&tcp, p->bytes + IP_BYTES, sizeof(tcp));
    if (tcp.rst)
        return 0;
    uint32_t spent = (uint32_t)p->payload_len + tcp.syn + tcp.fin;
    struct tcphdr reset = {
        .source = forward ? tcp.source : tcp.dest,
        .dest = forward ? tcp.dest : tcp.source,
        .seq = forward ? tcp.seq : tcp.ack_seq,
        .ack_seq = forward ? tcp.ack_seq : htonl(ntohl(tcp.seq) + spent),
        .doff = sizeof(reset) / 4,
        .rst = 1,
        .ack = 1,
    };
    memcpy(ret_bytes, p->bytes, IP_BYTES);
    if (!forward) {
        memcpy(ret_bytes + 12, p->bytes + 16, 4);
        memcpy(ret_bytes + 16, p->bytes + 12, 4);
    }
    put_u16(ret_bytes + 2, WIRE_RESET_BYTES);
    memcpy(ret_bytes + IP_BYTES, &reset, sizeof(reset));
    put_sums_right(ret_bytes, WIRE_RESET_BYTES);
    return WIRE_RESET_BYTES;
}
