// The whole of ingest over real sockets: a scripted camera on the same loop.

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/clock.h"
#include "ingest/ingest.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { STREAM = 7, WATCHDOG_MS = 20 * 1000, PEERS_MAX = 8 };

enum manners { GOOD, BUSY, SILENT, HANGS_UP_ONCE };

struct peer {
    struct world *world;
    uv_tcp_t tcp;
    bool open;
    char text[4096]; // of requests
    size_t len;
};

struct world {
    uv_loop_t loop;
    uv_timer_t watchdog;
    uv_tcp_t server;
    struct peer peers[PEERS_MAX];
    unsigned accepted;
    unsigned describes;
    unsigned setups;
    unsigned teardowns;
    enum manners manners;
    char url[64];

    struct gw_admission *admission;
    struct gw_ingest *ingest;
    unsigned frames;
    uint32_t last_seq;
    bool last_key;
    struct gw_source_status status;
    unsigned probed;
    enum gw_cause probe_cause;
};

// In libc's place, for libuv: "second.test" has an address where nobody listens and the
// camera's; "nobody.test" has two of the former.
static struct addrinfo *add_address(struct addrinfo *next, const char *address,
                                    const char *port)
{
    struct addrinfo *a = calloc(1, sizeof(*a) + sizeof(struct sockaddr_in));
    if (!a)
        abort();
    *a = (struct addrinfo) {
        .ai_family = AF_INET,
        .ai_addr = (struct sockaddr *)(a + 1),
        .ai_addrlen = sizeof(struct sockaddr_in),
        .ai_next = next,
    };
    (void)uv_ip4_addr(address, atoi(port), (struct sockaddr_in *)a->ai_addr);
    return a;
}

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                struct addrinfo **ret_found)
{
    bool second = strcmp(host, "second.test") == 0;
    (void)hints;
    if (!second && strcmp(host, "nobody.test") != 0)
        return EAI_NONAME;
    *ret_found = add_address(NULL, second ? "127.0.0.1" : "127.0.0.3", port);
    *ret_found = add_address(*ret_found, "127.0.0.2", port);
    return 0;
}

void freeaddrinfo(struct addrinfo *found)
{
    while (found) {
        struct addrinfo *next = found->ai_next;
        free(found);
        found = next;
    }
}

static void on_frame(void *arg, uint32_t stream, struct gw_frame *frame)
{
    struct world *w = arg;
    assert_int_equal(stream, STREAM);
    assert_non_null(frame->params);
    w->frames++;
    w->last_seq = frame->seq;
    w->last_key = frame->key;
}

static void on_status(void *arg, const struct gw_source_status *status)
{
    struct world *w = arg;
    w->status = *status;
}

static void on_probed(void *arg, uint32_t stream, enum gw_cause cause)
{
    struct world *w = arg;
    assert_int_equal(stream, STREAM);
    w->probed++;
    w->probe_cause = cause;
}

static void on_watchdog(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("what the test waits for did not happen");
}

static void hang_up(struct peer *p)
{
    if (p->open)
        uv_close((uv_handle_t *)&p->tcp, NULL);
    p->open = false;
}

static void reply(struct peer *p, const void *data, size_t len)
{
    uv_buf_t buf = uv_buf_init((char *)data, (unsigned)len);
    assert_int_equal(uv_try_write((uv_stream_t *)&p->tcp, &buf, 1), len);
}

// One access unit of three packets: SPS, PPS and a key picture.
static void send_picture(struct peer *p)
{
    static const char packets[] =
        "$\0\0\x11\x80\x60\0\1\0\0\0\x09\0\0\0\1\x67\x42\xc0\x1e\x80"
        "$\0\0\x0e\x80\x60\0\2\0\0\0\x09\0\0\0\1\x68\xce"
        "$\0\0\x0f\x80\xe0\0\3\0\0\0\x09\0\0\0\1\x65\x88\x84";
    reply(p, packets, sizeof(packets) - 1);
}

static void answer(struct peer *p, const char *request)
{
    static const char sdp[] = "v=0\r\nm=video 0 RTP/AVP 96\r\n"
                              "a=rtpmap:96 H264/90000\r\na=control:t\r\n";
    char text[1024];
    unsigned cseq = 0;
    bool busy = p->world->manners == BUSY;

    assert_int_equal(sscanf(strstr(request, "CSeq:"), "CSeq: %u", &cseq), 1);
    const char *body = strncmp(request, "DESCRIBE", 8) == 0 ? sdp : "";
    int len = snprintf(text, sizeof(text),
                       "RTSP/1.0 %s\r\nCSeq: %u\r\nSession: ab\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       busy ? "503 Busy" : "200 OK", cseq, strlen(body), body);
    reply(p, text, (size_t)len);

    p->world->describes += !strncmp(request, "DESCRIBE", 8);
    p->world->setups += !strncmp(request, "SETUP", 5);
    if (!strncmp(request, "TEARDOWN", 8))
        p->world->teardowns++;
    if (strncmp(request, "PLAY", 4) != 0)
        return;
    send_picture(p);
    if (p->world->manners == HANGS_UP_ONCE) {
        p->world->manners = GOOD;
        hang_up(p);
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    struct peer *p = handle->data;
    (void)suggested;
    *ret_buf = uv_buf_init(p->text + p->len, (unsigned)(sizeof(p->text) - p->len - 1));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct peer *p = stream->data;
    char *end;
    (void)buf;

    if (n < 0) {
        hang_up(p);
        return;
    }
    p->len += (size_t)n;
    p->text[p->len] = '\0';
    while (p->open && p->world->manners != SILENT &&
           (end = strstr(p->text, "\r\n\r\n"))) {
        *end = '\0';
        answer(p, p->text);
        p->len -= (size_t)(end + 4 - p->text);
        memmove(p->text, end + 4, p->len + 1);
    }
}

static void on_accept(uv_stream_t *server, int status)
{
    struct world *w = server->data;
    assert_int_equal(status, 0);
    assert_in_range(w->accepted, 0, PEERS_MAX - 1);

    struct peer *p = &w->peers[w->accepted++];
    p->world = w;
    p->tcp.data = p;
    p->open = true;
    assert_int_equal(uv_tcp_init(&w->loop, &p->tcp), 0);
    assert_int_equal(uv_accept(server, (uv_stream_t *)&p->tcp), 0);
    assert_int_equal(uv_read_start((uv_stream_t *)&p->tcp, on_alloc, on_read), 0);
}

static void listen_on_a_free_port(struct world *w)
{
    struct sockaddr_in addr;
    int len = sizeof(addr);

    assert_int_equal(uv_ip4_addr("127.0.0.1", 0, &addr), 0);
    assert_int_equal(uv_tcp_init(&w->loop, &w->server), 0);
    w->server.data = w;
    assert_int_equal(uv_tcp_bind(&w->server, (struct sockaddr *)&addr, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&w->server, 8, on_accept), 0);
    assert_int_equal(uv_tcp_getsockname(&w->server, (struct sockaddr *)&addr, &len), 0);
    snprintf(w->url, sizeof(w->url), "rtsp://u:s3cret@127.0.0.1:%d/x",
             ntohs(addr.sin_port));
}

static int begin_with(void **state, uint64_t timeout_us)
{
    struct world *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    assert_int_equal(uv_loop_init(&w->loop), 0);
    assert_int_equal(uv_timer_init(&w->loop, &w->watchdog), 0);
    assert_int_equal(uv_timer_start(&w->watchdog, on_watchdog, WATCHDOG_MS, 0), 0);
    listen_on_a_free_port(w);

    struct gw_admission_config limits = gw_admission_config_default();
    limits.full_us = 0;
    assert_int_equal(gw_admission_create(&limits, &w->admission), 0);
    struct gw_ingest_config config = gw_ingest_config_default();
    config.admission = w->admission;
    config.linger_us = 0;
    config.connect_timeout_us = timeout_us;
    config.backoff_min_us = GW_MS;
    config.backoff_max_us = GW_MS;
    config.on_frame = on_frame;
    config.on_status = on_status;
    config.on_probed = on_probed;
    config.arg = w;
    assert_int_equal(gw_ingest_create(&w->loop, &config, &w->ingest), 0);
    *state = w;
    return 0;
}

static int begin(void **state)
{
    return begin_with(state, (uint64_t)WATCHDOG_MS * GW_MS);
}

static int begin_impatiently(void **state)
{
    return begin_with(state, (uint64_t)50 * GW_MS);
}

static int end(void **state)
{
    struct world *w = *state;
    gw_ingest_destroy(w->ingest);
    uv_close((uv_handle_t *)&w->server, NULL);
    uv_close((uv_handle_t *)&w->watchdog, NULL);
    // Nothing of ours may be left: peers hang up when the client does.
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    gw_admission_destroy(w->admission);
    free(w);
    return 0;
}

// Runs the loop until the condition holds.
#define AWAIT(w, condition)                                                              \
    do {                                                                                 \
        while (!(condition))                                                             \
            uv_run(&(w)->loop, UV_RUN_ONCE);                                             \
    } while (0)

static void want(struct world *w)
{
    assert_int_equal(gw_ingest_want(w->ingest, STREAM, w->url, GW_PRIORITY_WALL), 0);
}

static void delivers_the_frames_of_a_camera_that_is_wanted(void **state)
{
    struct world *w = *state;
    struct gw_ingest_stats stats;

    want(w);
    AWAIT(w, w->frames == 1);
    assert_true(w->last_key);
    assert_int_equal(w->status.state, GW_SOURCE_LIVE);
    gw_ingest_stats(w->ingest, &stats);
    assert_int_equal(stats.sessions, 1);
    assert_int_equal(stats.live, 1);
    assert_int_equal(stats.frames, 1);
    assert_int_equal(stats.attempts, 1);
    assert_int_equal(stats.failures, 0);
    assert_true(stats.bytes > 0);
}

// Quirk 26.
static void says_teardown_when_nobody_wants_it_any_more(void **state)
{
    struct world *w = *state;
    struct gw_ingest_stats stats;

    want(w);
    AWAIT(w, w->frames == 1);
    gw_ingest_unwant(w->ingest, STREAM);
    AWAIT(w, w->teardowns == 1 && !w->peers[0].open);
    assert_int_equal(w->status.state, GW_SOURCE_IDLE);
    gw_ingest_stats(w->ingest, &stats);
    assert_int_equal(stats.sessions, 0);
    assert_int_equal(stats.frames, 1); // counted still
}

static void says_teardown_when_it_is_destroyed(void **state)
{
    struct world *w = *state;

    want(w);
    AWAIT(w, w->frames == 1);
    gw_ingest_destroy(w->ingest);
    w->ingest = NULL;
    AWAIT(w, w->teardowns == 1 && !w->peers[0].open);
    assert_int_equal(w->status.state, GW_SOURCE_LIVE); // no callback came
}

static void goes_on_after_the_camera_hung_up(void **state)
{
    struct world *w = *state;

    w->manners = HANGS_UP_ONCE;
    want(w);
    AWAIT(w, w->frames == 2);
    assert_int_equal(w->accepted, 2);
    assert_true(w->last_seq > 0); // the numbers go on
    assert_int_equal(w->status.state, GW_SOURCE_LIVE);
}

static void follows_a_stream_to_its_new_url(void **state)
{
    struct world *w = *state;

    want(w);
    AWAIT(w, w->frames == 1);
    strcat(w->url, "2");
    want(w);
    AWAIT(w, w->frames == 2 && w->teardowns == 1);
    assert_int_equal(w->accepted, 2);
}

static void says_why_a_camera_does_not_come(void **state)
{
    struct world *w = *state;

    w->manners = BUSY;
    want(w);
    AWAIT(w, w->status.cause == GW_CAUSE_BUSY);
    assert_int_equal(w->status.state, GW_SOURCE_RETRYING);
    assert_int_equal(gw_ingest_want(w->ingest, STREAM, "gopher://x/", GW_PRIORITY_WALL),
                     0);
    AWAIT(w, w->status.cause == GW_CAUSE_BAD_URL);
    assert_int_equal(
        gw_ingest_want(w->ingest, STREAM, "rtsp://127.0.0.1:1/", GW_PRIORITY_WALL), 0);
    AWAIT(w, w->status.cause == GW_CAUSE_REFUSED);
    assert_int_equal(w->frames, 0);
}

static void set_host(struct world *w, const char *host)
{
    char url[sizeof(w->url)];
    int port = atoi(strrchr(w->url, ':') + 1);
    snprintf(url, sizeof(url), "rtsp://%s:%d/x", host, port);
    memcpy(w->url, url, sizeof(url));
}

static void all_addresses_of_a_name_are_tried(void **state)
{
    struct world *w = *state;

    set_host(w, "second.test");
    want(w);
    AWAIT(w, w->frames == 1);
    assert_int_equal(w->status.attempt, 0);
}

static void a_name_whose_addresses_all_refuse_says_so(void **state)
{
    struct world *w = *state;

    set_host(w, "nobody.test");
    want(w);
    AWAIT(w, w->status.cause == GW_CAUSE_REFUSED);
    set_host(w, "unknown.test");
    want(w);
    AWAIT(w, w->status.cause == GW_CAUSE_UNRESOLVED);
}

static void a_camera_that_never_answers_is_a_timeout(void **state)
{
    struct world *w = *state;

    w->manners = SILENT;
    want(w);
    AWAIT(w, w->status.cause == GW_CAUSE_TIMEOUT);
}

static void a_probe_learns_what_there_is_and_pulls_nothing(void **state)
{
    struct world *w = *state;
    struct gw_ingest_stats stats;

    assert_int_equal(gw_ingest_probe(w->ingest, STREAM, w->url), 0);
    assert_int_equal(gw_ingest_probe(w->ingest, STREAM, w->url), -EALREADY);
    AWAIT(w, w->probed == 1 && !w->peers[0].open);
    assert_int_equal(w->probe_cause, GW_CAUSE_NONE);
    assert_int_equal(w->describes, 1);
    assert_int_equal(w->setups, 0);
    gw_ingest_stats(w->ingest, &stats);
    assert_int_equal(stats.probes, 1);
    assert_int_equal(stats.failures, 0);

    want(w); // and then as if nothing had been
    AWAIT(w, w->frames == 1);
    assert_int_equal(w->accepted, 2);
}

static void a_probe_says_why_there_is_no_picture(void **state)
{
    struct world *w = *state;

    w->manners = BUSY;
    assert_int_equal(gw_ingest_probe(w->ingest, STREAM, w->url), 0);
    AWAIT(w, w->probed == 1);
    assert_int_equal(w->probe_cause, GW_CAUSE_BUSY);
    assert_int_equal(w->status.state, GW_SOURCE_IDLE); // it is nobody's
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_probe_learns_what_there_is_and_pulls_nothing,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_probe_says_why_there_is_no_picture, begin, end),
        cmocka_unit_test_setup_teardown(delivers_the_frames_of_a_camera_that_is_wanted,
                                        begin, end),
        cmocka_unit_test_setup_teardown(says_teardown_when_nobody_wants_it_any_more,
                                        begin, end),
        cmocka_unit_test_setup_teardown(says_teardown_when_it_is_destroyed, begin, end),
        cmocka_unit_test_setup_teardown(goes_on_after_the_camera_hung_up, begin, end),
        cmocka_unit_test_setup_teardown(follows_a_stream_to_its_new_url, begin, end),
        cmocka_unit_test_setup_teardown(says_why_a_camera_does_not_come, begin, end),
        cmocka_unit_test_setup_teardown(all_addresses_of_a_name_are_tried, begin, end),
        cmocka_unit_test_setup_teardown(a_name_whose_addresses_all_refuse_says_so, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_camera_that_never_answers_is_a_timeout,
                                        begin_impatiently, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
