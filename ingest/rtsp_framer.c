// State diagram, one arrow per `f->state =` below:
//
//            '$'               4+len bytes
//   START --------> PACKET ------------------> START (packet)
//    |  letter          blank line       head+body
//    |------> HEAD -------------> BODY ----------> START (message)
//    |         | no start line
//    | other   v                '$' and an RTP version, or "RTSP/"
//    +-----> GARBAGE ----------------------------> PACKET, HEAD
//
//   any state --- malformed or over a limit ---> FAILED (for good)

#include "ingest/rtsp_framer.h"

#include "ingest/rtsp_message.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

enum {
    PACKET_HEAD = 4,  // '$', channel, 16-bit length
    TAIL_STEP = 512,  // bytes; the tail grows in multiples
    METHOD_MAX = 20,  // letters; SET_PARAMETER has 13
    RTCP_LEN_MIN = 8, // bytes of the shortest packet there is (RFC 3550 section 6.4.2)
};

// Where in a line end the search for a blank line is.
enum line { IN_LINE, AFTER_CR, LINE_START, LINE_START_CR };

static const char RESPONSE[] = "RTSP/";
enum { RESPONSE_LEN = sizeof(RESPONSE) - 1 };

void gw_rtsp_framer_init(struct gw_rtsp_framer *f)
{
    *f = (struct gw_rtsp_framer) { .state = GW_RTSP_FRAMER_START };
}

static void drop_tail(struct gw_rtsp_framer *f)
{
    free(f->tail);
    f->tail = NULL;
    f->tail_len = 0;
    f->tail_cap = 0;
    f->tail_spent = false;
}

void gw_rtsp_framer_finish(struct gw_rtsp_framer *f)
{
    drop_tail(f);
}

void gw_rtsp_framer_feed(struct gw_rtsp_framer *f, const void *data, size_t len)
{
    assert(!f->in_len);
    f->in = data;
    f->in_len = len;
}

static void skip_input(struct gw_rtsp_framer *f, size_t len)
{
    f->in += len;
    f->in_len -= len;
}

// Moves up to `len` bytes of the input to the tail.
static int grow_tail(struct gw_rtsp_framer *f, size_t len)
{
    if (len > f->in_len)
        len = f->in_len;
    if (!len)
        return 0;

    size_t need = f->tail_len + len;
    if (need > f->tail_cap) {
        size_t cap = (need + TAIL_STEP - 1) / TAIL_STEP * TAIL_STEP;
        uint8_t *tail = realloc(f->tail, cap);
        if (!tail)
            return -ENOMEM;
        f->tail = tail;
        f->tail_cap = (uint32_t)cap;
    }
    memcpy(f->tail + f->tail_len, f->in, len);
    f->tail_len = (uint32_t)need;
    skip_input(f, len);
    return 0;
}

// Shows at least `want` bytes of the current unit in one piece, fewer only when
// no more were fed. Returns how many, or -ENOMEM.
static ssize_t look(struct gw_rtsp_framer *f, size_t want, const uint8_t **ret_bytes)
{
    if (!f->tail_len) {
        *ret_bytes = f->in;
        return (ssize_t)f->in_len;
    }
    if (want > f->tail_len) {
        int r = grow_tail(f, want - f->tail_len);
        if (r)
            return r;
    }
    *ret_bytes = f->tail;
    return f->tail_len;
}

// Hands out the `len` bytes that look() showed; they stay readable until the
// next call of gw_rtsp_framer_next().
static void take(struct gw_rtsp_framer *f, size_t len)
{
    if (f->tail_len) {
        assert(len == f->tail_len);
        f->tail_spent = true;
    } else {
        skip_input(f, len);
    }
    f->state = GW_RTSP_FRAMER_START;
    f->spoke = true;
    f->garbage_run = 0;
}

// The head turned out to end in front of the byte that look() took last.
static void unread_byte(struct gw_rtsp_framer *f)
{
    if (!f->tail_len)
        return;
    f->tail_len--;
    f->in--;
    f->in_len++;
}

static int skip_garbage(struct gw_rtsp_framer *f)
{
    if (!f->spoke || ++f->garbage_run > GW_RTSP_GARBAGE_MAX)
        return -EBADMSG;
    f->garbage++;
    if (!f->tail_len) {
        skip_input(f, 1);
        return 0;
    }
    // A tail of garbage is never longer than a method name.
    memmove(f->tail, f->tail + 1, --f->tail_len);
    if (!f->tail_len)
        drop_tail(f);
    return 0;
}

static int on_start(struct gw_rtsp_framer *f)
{
    // Blank lines may come in front of a message (RFC 2326 section 4.1, by way of
    // HTTP/1.1), and some cameras put them in front of packets: quirk 25.
    while (f->in_len && (*f->in == '\r' || *f->in == '\n'))
        skip_input(f, 1);
    if (!f->in_len)
        return -EAGAIN;

    f->scanned = 0;
    f->line = IN_LINE;
    if (*f->in == '$')
        f->state = GW_RTSP_FRAMER_PACKET;
    else if (isalpha(*f->in))
        f->state = GW_RTSP_FRAMER_HEAD;
    else
        f->state = GW_RTSP_FRAMER_GARBAGE;
    return 0;
}

static int on_packet(struct gw_rtsp_framer *f, struct gw_rtsp_unit *ret_unit)
{
    const uint8_t *p;
    ssize_t n = look(f, PACKET_HEAD, &p);
    if (n < PACKET_HEAD)
        return n < 0 ? (int)n : -EAGAIN;

    size_t len = PACKET_HEAD + ((size_t)p[2] << 8 | p[3]);
    n = look(f, len, &p);
    if (n < (ssize_t)len)
        return n < 0 ? (int)n : -EAGAIN;

    *ret_unit = (struct gw_rtsp_unit) {
        .type = GW_RTSP_PACKET,
        .channel = p[1],
        .data = p + PACKET_HEAD,
        .len = len - PACKET_HEAD,
    };
    take(f, len);
    return 1;
}

// Does a start line begin like this: "RTSP/", or a method and a blank?
// Returns 1 yes, 0 no, -EAGAIN too short to tell.
static int is_start_line(const uint8_t *p, size_t n)
{
    size_t same = n < RESPONSE_LEN ? n : RESPONSE_LEN;
    if (!strncasecmp((const char *)p, RESPONSE, same))
        return same == RESPONSE_LEN ? 1 : -EAGAIN;

    for (size_t i = 0; i < n && i <= METHOD_MAX; i++) {
        if (p[i] == ' ')
            return 1;
        if (!isupper(p[i]) && p[i] != '_')
            return 0;
    }
    return n > METHOD_MAX ? 0 : -EAGAIN;
}

// One byte of the search for a blank line. Line ends are CR LF, LF or CR, and a
// head may mix them. Returns how much of the byte belongs to the head (0 or 1)
// when the blank line is complete, else -1.
static int scan_byte(struct gw_rtsp_framer *f, uint8_t c)
{
    switch ((enum line)f->line) {
    case IN_LINE:
        f->line = c == '\r' ? AFTER_CR : c == '\n' ? LINE_START : IN_LINE;
        break;
    case AFTER_CR:
        if (c == '\r')
            return 1;
        f->line = c == '\n' ? LINE_START : IN_LINE;
        break;
    case LINE_START:
        if (c == '\n')
            return 1;
        f->line = c == '\r' ? LINE_START_CR : IN_LINE;
        break;
    case LINE_START_CR: return c == '\n';
    }
    return -1;
}

// The head is here: how long is the body?
static int end_head(struct gw_rtsp_framer *f, const uint8_t *p, size_t head_len)
{
    struct gw_rtsp_message message;
    struct gw_rtsp_text value;
    uint32_t body_len = 0;

    int r = gw_rtsp_message_parse(p, head_len, &message);
    if (!r && !gw_rtsp_message_header(&message, "Content-Length", 0, &value))
        r = gw_rtsp_text_number(value, &body_len);
    if (r)
        return r;
    if (body_len > GW_RTSP_BODY_MAX)
        return -EMSGSIZE;
    f->head_len = (uint32_t)head_len;
    f->body_len = body_len;
    f->state = GW_RTSP_FRAMER_BODY;
    return 0;
}

static int on_head(struct gw_rtsp_framer *f)
{
    for (;;) {
        const uint8_t *p;
        // The tail takes one byte at a time here: it must not take the body's.
        ssize_t n = look(f, f->tail_len + 1, &p);
        if (n < 0)
            return (int)n;

        int shape = is_start_line(p, (size_t)n);
        if (shape == 0) {
            f->state = GW_RTSP_FRAMER_GARBAGE;
            return 0;
        }
        while (shape == 1 && f->scanned < (size_t)n) {
            int end = scan_byte(f, p[f->scanned]);
            if (end == 0)
                unread_byte(f);
            if (end >= 0)
                return end_head(f, p, f->scanned + (size_t)end);
            if (++f->scanned >= GW_RTSP_HEAD_MAX)
                return -EMSGSIZE;
        }
        if (!f->tail_len || !f->in_len)
            return -EAGAIN;
    }
}

static int on_body(struct gw_rtsp_framer *f, struct gw_rtsp_unit *ret_unit)
{
    size_t len = f->head_len + f->body_len;
    const uint8_t *p;
    ssize_t n = look(f, len, &p);
    if (n < (ssize_t)len)
        return n < 0 ? (int)n : -EAGAIN;

    *ret_unit = (struct gw_rtsp_unit) {
        .type = GW_RTSP_MESSAGE,
        .data = p,
        .len = len,
        .head_len = f->head_len,
    };
    take(f, len);
    return 1;
}

// Does a unit begin here? After garbage more must fit than in the middle of a
// good stream: a packet needs a sensible length and the version bits that RTP and
// RTCP share. Returns 1 yes, 0 no, -EAGAIN too short to tell.
static int is_unit(const uint8_t *p, size_t n)
{
    if (p[0] == '$') {
        if (n <= PACKET_HEAD)
            return -EAGAIN;
        return ((size_t)p[2] << 8 | p[3]) >= RTCP_LEN_MIN && p[PACKET_HEAD] >> 6 == 2;
    }
    size_t same = n < RESPONSE_LEN ? n : RESPONSE_LEN;
    if (memcmp(p, RESPONSE, same) != 0)
        return 0;
    return same == RESPONSE_LEN ? 1 : -EAGAIN;
}

static int on_garbage(struct gw_rtsp_framer *f)
{
    const uint8_t *p;
    ssize_t n = look(f, PACKET_HEAD + 1, &p);
    if (n <= 0)
        return n < 0 ? (int)n : -EAGAIN;
    // The first byte is what brought us here; then every place is looked at.
    int r = f->garbage_run ? is_unit(p, (size_t)n) : 0;
    if (r < 0)
        return r;
    if (r == 0)
        return skip_garbage(f);

    f->scanned = 0;
    f->line = IN_LINE;
    f->state = *p == '$' ? GW_RTSP_FRAMER_PACKET : GW_RTSP_FRAMER_HEAD;
    return 0;
}

// One step: 1 when a unit is out, 0 when only the state changed, else -errno.
static int step(struct gw_rtsp_framer *f, struct gw_rtsp_unit *ret_unit)
{
    switch (f->state) {
    case GW_RTSP_FRAMER_START: return on_start(f);
    case GW_RTSP_FRAMER_PACKET: return on_packet(f, ret_unit);
    case GW_RTSP_FRAMER_HEAD: return on_head(f);
    case GW_RTSP_FRAMER_BODY: return on_body(f, ret_unit);
    case GW_RTSP_FRAMER_GARBAGE: return on_garbage(f);
    case GW_RTSP_FRAMER_FAILED: return f->error;
    }
    abort(); // -Wswitch-enum: every state is above
}

int gw_rtsp_framer_next(struct gw_rtsp_framer *f, struct gw_rtsp_unit *ret_unit)
{
    if (f->tail_spent)
        drop_tail(f);

    int r;
    do
        r = step(f, ret_unit);
    while (r == 0);

    // What was lent goes back to its owner: keep a copy of the cut unit.
    if (r == -EAGAIN && f->in_len) {
        int kept = grow_tail(f, f->in_len);
        r = kept ? kept : r;
    }
    if (r < 0 && r != -EAGAIN) {
        f->state = GW_RTSP_FRAMER_FAILED;
        f->error = r;
        f->in_len = 0;
        drop_tail(f);
    }
    return r > 0 ? 0 : r;
}
