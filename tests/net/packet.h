// IPv4 packets as a wire sees them: what they are, and how to make others of them. No
// state, no I/O. What it does not know (IPv6, fragments, options) is WIRE_OTHER, and is
// carried as it is.
#ifndef GW_TESTS_NET_PACKET_H
#define GW_TESTS_NET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WIRE_PACKET_MAX = 2048, // bytes; the devices' MTU is 1500
    WIRE_RESET_BYTES = 40,  // of an IPv4 and a TCP header
};

enum wire_kind { WIRE_OTHER, WIRE_TCP, WIRE_RTP, WIRE_RTCP, WIRE_UDP };

struct wire_packet {
    enum wire_kind kind;
    uint8_t *bytes; // borrowed, all of it
    size_t len;
    uint8_t *payload; // behind the TCP or UDP header
    size_t payload_len;
};

struct wire_packet wire_packet_read(uint8_t *bytes, size_t len);

// Is `text` within its payload?
bool wire_packet_says(const struct wire_packet *p, const char *text);

// Does it begin with a sender report?
bool wire_packet_is_sender_report(const struct wire_packet *p);

// A receiver report's words on lost packets (RFC 3550 section 6.4.1). False when it has
// none.
bool wire_packet_report(const struct wire_packet *p, int32_t *ret_lost,
                        uint8_t *ret_fraction);

// Another source address (network byte order), sums put right. TCP and UDP alone.
void wire_packet_set_source(struct wire_packet *p, uint32_t address);

// Writes the reset that ends the packet's connection for whoever gets it: as if from its
// sender (`forward`), or from its receiver. Returns WIRE_RESET_BYTES, or 0 for what
// is no TCP or itself a reset.
size_t wire_packet_reset(const struct wire_packet *p, bool forward,
                         uint8_t ret_bytes[WIRE_RESET_BYTES]);

#endif
