#include "tests/harness/live_client.h"

#include "tests/harness/media.h"
#include "tests/harness/socket.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum {
    PATIENCE_MS = 60 * 1000,
    PIECE = 64 * 1024,
    FLV_FILE_HEAD = 9,
};

static uint8_t *room(struct live_client *l, size_t need)
{
    if (l->cap < l->len + need) {
        l->cap = (l->len + need) * 2;
        l->buf = realloc(l->buf, l->cap + 1);
        assert_non_null(l->buf);
    }
    return l->buf + l->len;
}

static void discard(struct live_client *l, size_t n)
{
    if (n == 0)
        return;
    memmove(l->buf, l->buf + n, l->len - n);
    l->len -= n;
}

static int read_message(struct live_client *l, int timeout_ms)
{
    struct ws_message m;
    int r = ws_receive(&l->ws, &m, timeout_ms);
    if (r < 0)
        return r;
    if (m.opcode == WS_CLOSE)
        return -EPIPE;
    assert_int_equal(m.opcode, WS_BINARY);
    memcpy(room(l, m.len), m.data, m.len);
    l->len += m.len;
    return 0;
}

// Returns 0, -ETIMEDOUT, or -EPIPE when the peer is gone.
static int read_some(struct live_client *l, int timeout_ms)
{
    if (l->websocket)
        return read_message(l, timeout_ms);
    long n = socket_read(l->ws.fd, room(l, PIECE), PIECE, timeout_ms);
    if (n == -ETIMEDOUT)
        return -ETIMEDOUT;
    if (n <= 0)
        return -EPIPE;
    l->len += (size_t)n;
    return 0;
}

static void read_more(struct live_client *l)
{
    int r = read_some(l, PATIENCE_MS);
    if (r < 0)
        fail_msg("the live socket: %s", strerror(-r));
}

static void get(struct live_client *l, uint16_t port, const char *path)
{
    char request[512];
    char *blank = NULL;

    l->ws = (struct ws_client) { .fd = socket_connect(port) };
    assert_true(l->ws.fd >= 0);
    int len = snprintf(request, sizeof(request),
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
    socket_write(l->ws.fd, request, (size_t)len);
    while (!blank) {
        read_more(l);
        l->buf[l->len] = '\0';
        blank = strstr((char *)l->buf, "\r\n\r\n");
    }
    if (strncmp((char *)l->buf, "HTTP/1.1 200", 12) != 0)
        fail_msg("GET %s: %s", path, (char *)l->buf);
    discard(l, (size_t)(blank + 4 - (char *)l->buf));
}

void live_open(struct live_client *l, uint16_t port, const struct live_target *target)
{
    *l = (struct live_client) {
        .websocket = target->websocket,
        .flv = strstr(target->path, ".flv"),
        .camera = target->camera,
        .profile = target->profile,
    };
    if (l->websocket)
        assert_int_equal(ws_connect(&l->ws, port, target->path, NULL), 0);
    else
        get(l, port, target->path);
    l->head = l->flv ? FLV_FILE_HEAD : 0;
}

void live_close(struct live_client *l)
{
    ws_close(&l->ws);
    free(l->buf);
    l->buf = NULL;
}

static void check_unit(struct live_client *l, const struct media_unit *unit)
{
    struct farm_proof proof;

    l->configs += unit->config;
    if (unit->len == 0)
        return;
    if (l->configs == 0 || (l->flv && l->frames == 0 && !unit->key))
        l->first_bad++;
    l->frames++;
    bool marked = farm_proof_find(unit->data, unit->len, &proof) == 0;
    if (!marked || proof.camera != l->camera || proof.profile != l->profile) {
        l->wrong++;
        l->unmarked += !marked;
        return;
    }
    if (l->frames > 1 && proof.frame <= l->last_frame)
        l->disorder++;
    else if (l->frames > 1)
        l->lost += proof.frame - l->last_frame - 1;
    l->last_frame = proof.frame;
}

static bool take_unit(struct live_client *l)
{
    struct media_unit unit;

    if (l->len < l->head)
        return false;
    discard(l, l->head);
    l->head = 0;
    size_t used = l->flv ? media_flv_next(l->buf, l->len, &unit)
                         : media_mp4_next(l->buf, l->len, &unit);
    if (used == 0)
        return false;
    check_unit(l, &unit);
    discard(l, used);
    return true;
}

int live_step(struct live_client *l, int timeout_ms)
{
    int r = read_some(l, timeout_ms);
    while (r == 0 && take_unit(l))
        ;
    return r;
}

void live_read(struct live_client *l, uint64_t frames)
{
    while (l->frames < frames)
        if (!take_unit(l))
            read_more(l);
}

void live_check_whole(const struct live_client *l)
{
    if (l->configs == 0 || l->wrong || l->disorder || l->lost || l->first_bad)
        fail_msg("camera %u: %lu configs, %lu frames, %lu wrong, %lu out of order, %lu "
                 "lost, %lu early",
                 l->camera, l->configs, l->frames, l->wrong, l->disorder, l->lost,
                 l->first_bad);
}
