#include "tests/camera/camera.h"

#include "tests/camera/line.h"
#include "tests/camera/media.h"
#include "tests/farm/auth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BATCH_MAX = 64 * 1024,   // bytes of pictures in one call
    MESSAGE_MAX = 32 * 1024, // bytes of one that the camera sends
    BYTES_MAX = 2048,        // of a step in hexadecimal digits
    PATIENCE_MS = 20 * 1000, // for what the client must do: then the test failed
    FLOW_MS = 20,            // between two pictures of "flow"
    GARBAGE_PIECE = 512,     // bytes
    BACKLOG = 8,
};

struct camera {
    const struct camera_script *script;
    void (*on_rest)(void *arg);
    void *arg;

    pthread_t thread;
    int listener;
    uint16_t port;

    const struct camera_step *step; // under way
    struct camera_line line;
    struct camera_media media;
    const char *eol;
    bool playing; // PLAY was answered, TEARDOWN not
    bool rested;
    atomic_bool finished; // camera_finish() was called
    char failure[512];    // empty: none
};

static const char SDP[] = "v=0\n"
                          "o=- 1 1 IN IP4 127.0.0.1\n"
                          "s=-\n"
                          "t=0 0\n"
                          "a=control:*\n"
                          "m=video 0 RTP/AVP 96\n"
                          "a=rtpmap:96 H264/90000\n"
                          "a=fmtp:96 packetization-mode=1\n"
                          "a=control:track1\n";

// What a camera without faults says.
static const struct {
    const char *method;
    const char *headers;
} GOOD[] = {
    { "OPTIONS", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\n" },
    { "DESCRIBE", "Content-Base: $URL/\nContent-Type: application/sdp\n\n$SDP" },
    { "SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=0BADCAFE\n"
               "Session: 31415926;timeout=60\n" },
    { "PLAY", "Session: 31415926\nRTP-Info: url=$URL/track1;seq=1000;rtptime=900000\n" },
    { "GET_PARAMETER", "Session: 31415926\n" },
    { "TEARDOWN", "Session: 31415926\n" },
};

static bool fail(struct camera *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Returns false, as a step that failed does.
static bool fail(struct camera *c, const char *format, ...)
{
    va_list args;
    int n = snprintf(c->failure, sizeof(c->failure), "line %u: ", c->step->line);

    va_start(args, format);
    (void)vsnprintf(c->failure + n, sizeof(c->failure) - (size_t)n, format, args);
    va_end(args);
    return false;
}

static void rest(struct camera *c)
{
    if (!c->rested)
        c->on_rest(c->arg);
    c->rested = true;
}

static bool send_bytes(struct camera *c, const void *data, size_t len)
{
    if (camera_line_send(&c->line, data, len))
        return true;
    return fail(c, "the client hung up");
}

static bool put_text(char *buf, size_t *len, const char *text, size_t text_len)
{
    if (*len + text_len >= MESSAGE_MAX)
        return false;
    memcpy(buf + *len, text, text_len);
    *len += text_len;
    buf[*len] = '\0';
    return true;
}

// Copies a template: $CSEQ, $URL and $SDP are replaced, line ends are those in use.
static bool expand(struct camera *c, const char *text, char *buf, size_t *len)
{
    char number[16];
    char url[64];
    bool fits = true;

    (void)snprintf(number, sizeof(number), "%u", c->line.cseq);
    (void)snprintf(url, sizeof(url), "rtsp://127.0.0.1:%u/video", c->port);
    const struct {
        const char *name;
        const char *value;
    } variables[] = { { "$CSEQ", number }, { "$URL", url } };

    while (*text && fits) {
        size_t used = 1;
        if (*text == '\n') {
            fits = put_text(buf, len, c->eol, strlen(c->eol));
        } else if (strncmp(text, "$SDP", 4) == 0) {
            fits = expand(c, SDP, buf, len);
            used = text[4] == '\n' ? 5 : 4;
        } else {
            const char *value = text;
            size_t value_len = 1;
            for (size_t i = 0; i < 2; i++) {
                if (strncmp(text, variables[i].name, strlen(variables[i].name)) == 0) {
                    value = variables[i].value;
                    value_len = strlen(value);
                    used = strlen(variables[i].name);
                }
            }
            fits = put_text(buf, len, value, value_len);
        }
        text += used;
    }
    return fits;
}

// Answers the latest request. In `block` a blank line parts headers from body.
static bool answer(struct camera *c, const char *status, const char *block)
{
    static _Thread_local char head[MESSAGE_MAX];
    static _Thread_local char body[MESSAGE_MAX];
    static _Thread_local char template[MESSAGE_MAX];
    size_t head_len = 0;
    size_t body_len = 0;

    const char *parting = *block == '\n' ? block : strstr(block, "\n\n");
    size_t headers_len = parting ? (size_t)(parting - block) : strlen(block);
    if (parting && *block != '\n')
        headers_len++; // the last header's own end
    bool fits = !parting || expand(c, block + headers_len + 1, body, &body_len);
    int n = snprintf(template, sizeof(template), "RTSP/1.0 %s\nCSeq: $CSEQ\n%.*s", status,
                     (int)headers_len, block);
    if (body_len)
        n += snprintf(template + n, sizeof(template) - (size_t)n, "Content-Length: %zu\n",
                      body_len);
    (void)snprintf(template + n, sizeof(template) - (size_t)n, "\n");
    fits = fits && expand(c, template, head, &head_len);
    if (!fits)
        return fail(c, "too long");
    return send_bytes(c, head, head_len) && send_bytes(c, body, body_len);
}

static bool answer_well(struct camera *c)
{
    if (!strcmp(c->line.method, "PLAY"))
        c->playing = true;
    if (!strcmp(c->line.method, "TEARDOWN"))
        c->playing = false;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(*GOOD); i++) {
        if (strcmp(GOOD[i].method, c->line.method) == 0)
            return answer(c, "200 OK", GOOD[i].headers);
    }
    return fail(c, "no good answer to %s is known", c->line.method);
}

static bool hear(struct camera *c, const char *method)
{
    switch (camera_line_hear(&c->line, PATIENCE_MS)) {
    case CAMERA_REQUEST: break;
    case CAMERA_QUIET: return fail(c, "no %s came", method);
    case CAMERA_HUNG_UP: return fail(c, "hung up, no %s came", method);
    case CAMERA_NONSENSE: return fail(c, "nonsense instead of %s", method);
    }
    if (strcmp(method, c->line.method) != 0)
        return fail(c, "%s instead of %s", c->line.method, method);
    return true;
}

// expect METHOD "what it must hold" !"what it must not" ...
static bool do_expect(struct camera *c, const char *text)
{
    char word[CAMERA_WORD_MAX];

    if (camera_word(&text, word) < 0)
        return fail(c, "expect what?");
    if (!hear(c, word))
        return false;
    for (;;) {
        text += strspn(text, " ");
        bool absent = *text == '!';
        text += absent;
        if (camera_word(&text, word) < 0)
            break;
        if (!strstr(c->line.request, word) != absent)
            return fail(c, "%s '%s' in: %s", absent ? "there is" : "no", word,
                        c->line.request);
    }
    if (strcmp(c->line.method, "TEARDOWN") == 0)
        c->playing = false;
    return true;
}

// signed md5|sha256 NONCE USER PASSWORD: is the latest request's Digest right?
static bool do_signed(struct camera *c, const char *text)
{
    char words[4][CAMERA_WORD_MAX];
    char uri[CAMERA_REQUEST_MAX];
    char value[CAMERA_REQUEST_MAX];
    const char *authorization = camera_line_header(&c->line, "Authorization");

    for (size_t i = 0; i < 4; i++) {
        if (camera_word(&text, words[i]) < 0)
            return fail(c, "signed with what?");
    }
    struct farm_auth auth = {
        .user = words[2],
        .password = words[3],
        .sha256 = strcmp(words[0], "sha256") == 0,
    };
    if (!authorization || sscanf(c->line.request, "%*s %8191s", uri) != 1)
        return fail(c, "no Authorization");
    (void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(authorization, "\r"),
                   authorization);
    if (!farm_auth_check(&auth, words[1], c->line.method, uri, value))
        return fail(c, "wrong digest: %s", value);
    return true;
}

static bool do_reply(struct camera *c, const char *text)
{
    if (!strcmp(c->line.method, "PLAY") && text[0] == '2')
        c->playing = true;
    return answer(c, text, c->step->block);
}

// good METHOD ...: these requests come in turn, and are answered well.
static bool do_good(struct camera *c, const char *text)
{
    char method[CAMERA_WORD_MAX];

    while (camera_word(&text, method) >= 0) {
        if (!hear(c, method) || !answer_well(c))
            return false;
    }
    return true;
}

// send "text with \r\n" ..., and the block.
static bool do_send(struct camera *c, const char *text)
{
    static _Thread_local char block[MESSAGE_MAX];
    char word[CAMERA_WORD_MAX];
    size_t block_len = 0;

    for (int len; (len = camera_word(&text, word)) >= 0;) {
        if (!send_bytes(c, word, (size_t)len))
            return false;
    }
    if (!expand(c, c->step->block, block, &block_len))
        return fail(c, "too long");
    return send_bytes(c, block, block_len);
}

static bool do_hex(struct camera *c, const char *text)
{
    uint8_t bytes[BYTES_MAX];
    int len = camera_hex(text, bytes, sizeof(bytes));
    return len < 0 ? fail(c, "not hexadecimal") : send_bytes(c, bytes, (size_t)len);
}

// packet HEX: an interleaved packet with just these bytes, RTP or not.
static bool do_packet(struct camera *c, const char *text)
{
    uint8_t bytes[4 + BYTES_MAX];
    int len = camera_hex(text, bytes + 4, BYTES_MAX);

    if (len < 0)
        return fail(c, "not hexadecimal");
    bytes[0] = '$';
    bytes[1] = (uint8_t)c->media.channel;
    bytes[2] = (uint8_t)(len >> 8);
    bytes[3] = (uint8_t)len;
    return send_bytes(c, bytes, 4 + (size_t)len);
}

// rtp [marker] HEX: an RTP packet of the present time with this payload.
static bool do_rtp(struct camera *c, const char *text)
{
    static const char word[] = "marker";
    uint8_t payload[CAMERA_PAYLOAD_MAX];
    uint8_t packet[CAMERA_PICTURE_MAX];

    bool marker = strncmp(text, word, sizeof(word) - 1) == 0;
    int len =
        camera_hex(marker ? text + sizeof(word) - 1 : text, payload, sizeof(payload));
    if (len < 0)
        return fail(c, "not hexadecimal");
    size_t n = camera_media_packet(&c->media, marker, payload, (size_t)len, packet);
    return send_bytes(c, packet, n);
}

static bool send_picture(struct camera *c, bool key)
{
    uint8_t picture[CAMERA_PICTURE_MAX];
    size_t len = camera_media_picture(&c->media, key, picture);
    return send_bytes(c, picture, len);
}

static unsigned count_of(const char *text)
{
    return *text ? (unsigned)strtoul(text, NULL, 0) : 1;
}

static bool do_key(struct camera *c, const char *text)
{
    (void)text;
    return send_picture(c, true);
}

// Thousands of pictures leave in few calls.
static bool do_delta(struct camera *c, const char *text)
{
    static _Thread_local uint8_t batch[BATCH_MAX];
    size_t len = 0;

    for (unsigned n = count_of(text); n; n--) {
        if (sizeof(batch) - len < CAMERA_PICTURE_MAX) {
            if (!send_bytes(c, batch, len))
                return false;
            len = 0;
        }
        len += camera_media_picture(&c->media, false, batch + len);
    }
    return send_bytes(c, batch, len);
}

// set NAME VALUE; "+N" and "-N" change what is there: `set seq +3` loses three.
static bool do_set(struct camera *c, const char *text)
{
    char name[CAMERA_WORD_MAX];
    char value[CAMERA_WORD_MAX];

    if (camera_word(&text, name) < 0 || camera_word(&text, value) < 0)
        return fail(c, "set what?");
    uint32_t number = (uint32_t)strtoul(value, NULL, 0);
    if (strcmp(name, "split") == 0) {
        c->line.split = number;
    } else if (strcmp(name, "eol") == 0) {
        c->eol = strcmp(value, "cr") == 0   ? "\r"
                 : strcmp(value, "lf") == 0 ? "\n"
                                            : "\r\n";
    } else {
        if (*value == '+' || *value == '-') {
            uint32_t before = strcmp(name, "seq") == 0 ? c->media.seq : c->media.time;
            number += before;
        }
        if (!camera_media_set(&c->media, name, number))
            return fail(c, "no such setting: %s", name);
    }
    return true;
}

// garbage N: bytes that begin no unit.
static bool do_garbage(struct camera *c, const char *text)
{
    uint8_t piece[GARBAGE_PIECE];
    memset(piece, 0xa5, sizeof(piece));

    for (unsigned left = count_of(text); left;) {
        unsigned n = left < sizeof(piece) ? left : (unsigned)sizeof(piece);
        // A client that has had enough may be gone: what it says of it counts.
        if (!camera_line_send(&c->line, piece, n))
            return true;
        left -= n;
    }
    return true;
}

// flow METHOD N: a picture every few milliseconds, until N requests of METHOD came;
// none of them is answered.
static bool do_flow(struct camera *c, const char *text)
{
    char method[CAMERA_WORD_MAX];

    if (camera_word(&text, method) < 0)
        return fail(c, "flow until what?");
    unsigned wanted = count_of(text);
    for (unsigned waited_ms = 0; wanted; waited_ms += FLOW_MS) {
        enum camera_heard heard = camera_line_hear(&c->line, FLOW_MS);
        if (heard == CAMERA_QUIET && waited_ms > PATIENCE_MS)
            return fail(c, "no %s came", method);
        if (heard == CAMERA_HUNG_UP || heard == CAMERA_NONSENSE)
            return fail(c, "hung up or nonsense instead of %s", method);
        if (heard == CAMERA_REQUEST && strcmp(c->line.method, method) != 0)
            return fail(c, "%s instead of %s", c->line.method, method);
        if (heard == CAMERA_REQUEST)
            wanted--;
        else if (!send_picture(c, false))
            return false;
    }
    return true;
}

static bool is_last(const struct camera *c)
{
    return c->step == c->script->steps + c->script->count - 1;
}

// hold: all requests are answered well, until the client closes; it says TEARDOWN
// where a session stands (quirk 26).
static bool do_hold(struct camera *c, const char *text)
{
    (void)text;
    if (is_last(c))
        rest(c);
    for (;;) {
        switch (camera_line_hear(&c->line, PATIENCE_MS)) {
        case CAMERA_REQUEST:
            if (!answer_well(c))
                return false;
            break;
        case CAMERA_QUIET: return fail(c, "the client neither asks nor goes");
        case CAMERA_NONSENSE: return fail(c, "nonsense");
        case CAMERA_HUNG_UP:
            return c->playing ? fail(c, "hung up without TEARDOWN") : true;
        }
    }
}

// silent: nothing is answered, until the client closes.
static bool do_silent(struct camera *c, const char *text)
{
    enum camera_heard heard;

    (void)text;
    if (is_last(c))
        rest(c);
    do
        heard = camera_line_hear(&c->line, PATIENCE_MS);
    while (heard == CAMERA_REQUEST);
    return heard == CAMERA_HUNG_UP ? true : fail(c, "the client does not go");
}

static bool do_close(struct camera *c, const char *text)
{
    (void)text;
    camera_line_close(&c->line, false);
    return true;
}

static bool do_reset(struct camera *c, const char *text)
{
    (void)text;
    camera_line_close(&c->line, true);
    return true;
}

// connection: takes the next one; of the one before nothing is left.
static bool do_connection(struct camera *c, const char *text)
{
    (void)text;
    camera_line_close(&c->line, false);
    int fd = accept(c->listener, NULL, NULL);
    if (fd < 0)
        return fail(c, "no connection came");
    camera_line_open(&c->line, fd);
    camera_media_init(&c->media);
    c->eol = "\r\n";
    c->playing = false;
    return true;
}

static const struct {
    const char *verb;
    bool (*play)(struct camera *c, const char *text);
} VERBS[] = {
    { "connection", do_connection },
    { "expect", do_expect },
    { "signed", do_signed },
    { "reply", do_reply },
    { "good", do_good },
    { "send", do_send },
    { "hex", do_hex },
    { "packet", do_packet },
    { "rtp", do_rtp },
    { "key", do_key },
    { "delta", do_delta },
    { "set", do_set },
    { "garbage", do_garbage },
    { "flow", do_flow },
    { "hold", do_hold },
    { "silent", do_silent },
    { "close", do_close },
    { "reset", do_reset },
};

// again, as the last step: the script begins anew for each further connection, also
// when something in it failed.
static bool is_again(const struct camera_step *step)
{
    return strcmp(step->verb, "again") == 0;
}

static bool play_step(struct camera *c)
{
    for (size_t i = 0; i < sizeof(VERBS) / sizeof(*VERBS); i++) {
        if (strcmp(VERBS[i].verb, c->step->verb) != 0)
            continue;
        if (c->line.fd < 0 && VERBS[i].play != do_connection)
            return fail(c, "there is no connection");
        return VERBS[i].play(c, c->step->rest);
    }
    return fail(c, "no such step: %s", c->step->verb);
}

// Plays from `first` on. Returns false when a step failed.
static bool play_from(struct camera *c, const struct camera_step *first)
{
    const struct camera_step *end = c->script->steps + c->script->count;

    for (c->step = first; c->step < end && !is_again(c->step); c->step++) {
        if (!play_step(c))
            return false;
    }
    return true;
}

static void *play(void *arg)
{
    struct camera *c = arg;
    const struct camera_step *first = c->script->steps;
    const struct camera_step *end = first + c->script->count;

    while (first < end && strcmp(first->verb, "connection") != 0)
        first++;
    if (is_again(end - 1)) {
        while (!atomic_load(&c->finished))
            (void)play_from(c, first);
        *c->failure = '\0';
    } else {
        (void)play_from(c, first);
    }
    camera_line_close(&c->line, false);
    rest(c);
    return NULL;
}

static int listen_on_a_free_port(struct camera *c)
{
    struct sockaddr_in addr = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof(addr);

    c->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->listener < 0 || bind(c->listener, (struct sockaddr *)&addr, sizeof(addr)) ||
        listen(c->listener, BACKLOG) ||
        getsockname(c->listener, (struct sockaddr *)&addr, &len))
        return -errno;
    c->port = ntohs(addr.sin_port);
    return 0;
}

int camera_start(const struct camera_script *script, void (*on_rest)(void *arg),
                 void *arg, struct camera **ret_camera)
{
    struct camera *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->script = script;
    c->on_rest = on_rest;
    c->arg = arg;
    c->line.fd = -1;
    int r = listen_on_a_free_port(c);
    if (!r)
        r = -pthread_create(&c->thread, NULL, play, c);
    if (r) {
        camera_destroy(c);
        return r;
    }
    *ret_camera = c;
    return 0;
}

uint16_t camera_port(const struct camera *c)
{
    return c->port;
}

const char *camera_finish(struct camera *c)
{
    // Wakes accept(): a connection that the script waits for will not come.
    atomic_store(&c->finished, true);
    (void)shutdown(c->listener, SHUT_RDWR);
    (void)pthread_join(c->thread, NULL);
    return *c->failure ? c->failure : NULL;
}

void camera_destroy(struct camera *c)
{
    if (!c)
        return;
    if (c->listener >= 0)
        (void)close(c->listener);
    free(c);
}
