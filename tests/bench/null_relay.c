// The floor that the engine is measured against: the least that any relay has to
// do. One thread and epoll. It pulls a camera of the farm when the first viewer asks
// and hands each frame's bytes on just as they came, with one bare send() a viewer.
// It looks at nothing but where a frame ends; it has no queue, no cache and no
// mercy: a viewer whose socket does not take a frame at once ends the program,
// because the figure would then say nothing.
//
//   null_relay FARM-PORT CAMERAS [always]    prints "listening on 127.0.0.1:PORT"
//
// With "always" it pulls all cameras from the start and keeps them; what nobody watches
// is cut into frames and dropped.
//
// A viewer's request ends in ".../FIRST/COUNT": the cameras it wants on its socket.
#include "base/bytes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    RECEIVE_BYTES = 1024 * 1024, // of a camera: a frame and what follows it
    STARTING = 32,               // of "always": asked at once, for each answers alone
    WS_HEAD_MAX = 10,            // RFC 6455 section 5.2, 64-bit length
    WS_BINARY = 0x82,            // FIN, opcode 2
    REQUEST_MAX = 2048,
    PACKET_HEAD = 4,   // '$', channel, length
    MARKER_OFFSET = 5, // in an interleaved RTP packet
    RTP_CHANNEL = 0,
};

// What an epoll event points to; first field of both kinds of connection.
enum kind { LISTENER, CAMERA, VIEWER };

struct watch {
    enum kind kind;
    int fd;
};

struct link {
    struct link *next; // of the camera
    struct viewer *viewer;
};

// Cameras talk in a fixed order: SETUP, PLAY, packets.
struct camera {
    struct watch watch; // fd -1: not pulled
    uint32_t number;
    bool playing;
    struct link *links;
    uint8_t *data; // WS_HEAD_MAX bytes of room, then what was received
    size_t len;    // bytes received and not sent on
    size_t scanned;
};

struct viewer {
    struct watch watch;
    bool upgraded;
    uint32_t first;
    uint32_t count;
    size_t request_len;
    char request[REQUEST_MAX];
};

static int epoll_fd;
static uint16_t farm_port;
static struct camera *cameras;
static uint32_t camera_count;
static bool always;
static uint32_t started; // of "always": pulled so far

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void watch_fd(struct watch *w)
{
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = w };
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, w->fd, &e) < 0)
        die("epoll_ctl");
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in) {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

// ---- viewers ----

// A frame lies behind WS_HEAD_MAX bytes of room; returns where the message starts.
static uint8_t *put_head(uint8_t *frame, size_t len)
{
    uint8_t head[WS_HEAD_MAX];
    struct gw_writer w = gw_writer_init(head, sizeof(head));

    gw_write_u8(&w, WS_BINARY);
    if (len < 126) {
        gw_write_u8(&w, (uint8_t)len);
    } else if (len <= UINT16_MAX) {
        gw_write_u8(&w, 126);
        gw_write_u16(&w, (uint16_t)len);
    } else {
        gw_write_u8(&w, 127);
        gw_write_u64(&w, len);
    }
    return memcpy(frame - w.pos, head, w.pos);
}

static void send_frame(struct camera *c, uint8_t *frame, size_t len)
{
    if (!c->links)
        return;
    uint8_t *message = put_head(frame, len);
    size_t message_len = len + (size_t)(frame - message);

    for (const struct link *l = c->links; l; l = l->next) {
        ssize_t n =
            send(l->viewer->watch.fd, message, message_len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
            continue; // its end is read next
        if (n != (ssize_t)message_len)
            die("a viewer does not keep up");
    }
}

// ---- cameras ----

static void ask(struct camera *c, const char *method, const char *headers)
{
    char text[512];
    int n = snprintf(text, sizeof(text),
                     "%s rtsp://127.0.0.1:%u/cam/%05u/sub RTSP/1.0\r\nCSeq: 1\r\n%s\r\n",
                     method, farm_port, c->number, headers);
    if (send(c->watch.fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        die("camera");
}

static void pull(struct camera *c)
{
    struct sockaddr_in to = loopback(farm_port);
    int on = 1;

    c->watch.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!c->data)
        c->data = malloc(WS_HEAD_MAX + RECEIVE_BYTES);
    if (!c->data || connect(c->watch.fd, (struct sockaddr *)&to, sizeof(to)) < 0)
        die("camera");
    (void)setsockopt(c->watch.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    c->playing = false;
    c->len = 0;
    c->scanned = 0;
    watch_fd(&c->watch);
    ask(c, "SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
}

static void release(struct camera *c)
{
    (void)close(c->watch.fd);
    c->watch.fd = -1;
}

// With "always" the next camera is asked when one plays: all at once they would fill the
// farm's backlog, and those that play already would find nobody who reads.
static void pull_next(void)
{
    if (always && started < camera_count)
        pull(&cameras[started++]);
}

// Takes one RTSP answer off the front. Returns false when it is not whole.
static bool take_answer(struct camera *c)
{
    char *text = (char *)c->data + WS_HEAD_MAX;
    text[c->len] = '\0';
    char *end = strstr(text, "\r\n\r\n");
    if (!end)
        return false;

    char session[64];
    char header[128];
    const char *at = strstr(text, "Session: ");
    if (strncmp(text, "RTSP/1.0 200", 12) != 0 || !at ||
        sscanf(at, "Session: %63[^;\r\n]", session) != 1)
        die("the camera refuses");
    bool setup = strstr(text, "Transport: ") != NULL;
    size_t used = (size_t)(end + 4 - text);
    c->len -= used;
    memmove(text, text + used, c->len);
    snprintf(header, sizeof(header), "Session: %s\r\n", session);
    if (setup) {
        ask(c, "PLAY", header);
        return true;
    }
    c->playing = true;
    pull_next();
    return true;
}

// Finds frames: packets up to one of RTP with the marker bit.
static void cut_frames(struct camera *c)
{
    uint8_t *data = c->data + WS_HEAD_MAX;
    size_t start = 0;

    while (c->len - c->scanned > MARKER_OFFSET) {
        const uint8_t *packet = data + c->scanned;
        size_t packet_len = PACKET_HEAD + ((size_t)packet[2] << 8 | packet[3]);
        if (packet[0] != '$')
            die("this is no interleaved packet");
        if (packet_len > c->len - c->scanned)
            break;
        c->scanned += packet_len;
        if (packet[1] == RTP_CHANNEL && (packet[MARKER_OFFSET] & 0x80)) {
            send_frame(c, data + start, c->scanned - start);
            start = c->scanned;
        }
    }
    c->len -= start;
    c->scanned -= start;
    memmove(data, data + start, c->len);
}

static void on_camera(struct camera *c)
{
    size_t room = RECEIVE_BYTES - 1 - c->len;
    ssize_t n = recv(c->watch.fd, c->data + WS_HEAD_MAX + c->len, room, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) // ended, or a frame is larger than all room
        die("camera");
    c->len += (size_t)n;
    while (!c->playing && take_answer(c)) {
    }
    if (c->playing)
        cut_frames(c);
}

// ---- viewers come and go ----

static void subscribe(struct viewer *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        struct camera *c = &cameras[v->first - 1 + i];
        struct link *l = malloc(sizeof(*l));
        if (!l)
            die("viewer");
        *l = (struct link) { c->links, v };
        c->links = l;
        if (c->watch.fd < 0)
            pull(c);
    }
}

static void unsubscribe(struct viewer *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        struct camera *c = &cameras[v->first - 1 + i];
        struct link **at = &c->links;
        while ((*at)->viewer != v)
            at = &(*at)->next;
        struct link *gone = *at;
        *at = gone->next;
        free(gone);
        if (!c->links && !always)
            release(c);
    }
}

static void close_viewer(struct viewer *v)
{
    if (v->upgraded)
        unsubscribe(v);
    (void)close(v->watch.fd);
    free(v);
}

static bool upgrade(struct viewer *v)
{
    // The load client does not check Sec-WebSocket-Accept.
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\n"
                                 "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    if (sscanf(v->request, "GET /%u/%u", &v->first, &v->count) != 2 || v->first < 1 ||
        v->first > camera_count || v->count > camera_count - v->first + 1)
        return false;
    if (send(v->watch.fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL) < 0)
        return false;
    v->upgraded = true;
    subscribe(v);
    return true;
}

static void on_viewer(struct viewer *v)
{
    size_t room = REQUEST_MAX - 1 - v->request_len;
    ssize_t n = recv(v->watch.fd, v->request + v->request_len, room, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0 || v->upgraded) {
        close_viewer(v);
        return;
    }
    v->request_len += (size_t)n;
    v->request[v->request_len] = '\0';
    if (strstr(v->request, "\r\n\r\n") && !upgrade(v))
        close_viewer(v);
}

static void on_listener(const struct watch *listener)
{
    int on = 1;
    int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct viewer *v = calloc(1, sizeof(*v));
    if (!v)
        die("viewer");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    v->watch = (struct watch) { VIEWER, fd };
    watch_fd(&v->watch);
}

// ---- the program ----

static void listen_on(struct watch *listener)
{
    struct sockaddr_in at = loopback(0);
    socklen_t len = sizeof(at);

    *listener =
        (struct watch) { LISTENER, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    if (bind(listener->fd, (struct sockaddr *)&at, len) < 0 ||
        listen(listener->fd, SOMAXCONN) < 0 ||
        getsockname(listener->fd, (struct sockaddr *)&at, &len) < 0)
        die("listen");
    watch_fd(listener);
    printf("listening on 127.0.0.1:%u\n", ntohs(at.sin_port));
    (void)fflush(stdout);
}

static void dispatch(struct watch *w)
{
    switch (w->kind) {
    case LISTENER: on_listener(w); break;
    case CAMERA: on_camera((struct camera *)w); break;
    case VIEWER: on_viewer((struct viewer *)w); break;
    }
}

int main(int argc, char **argv)
{
    struct rlimit files = { 65536, 65536 };
    struct epoll_event events[EVENTS];
    struct watch listener;

    if (argc < 3)
        return 2;
    always = argc > 3 && strcmp(argv[3], "always") == 0;
    farm_port = (uint16_t)atoi(argv[1]);
    camera_count = (uint32_t)atoi(argv[2]);
    cameras = calloc(camera_count, sizeof(*cameras));
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!cameras || epoll_fd < 0)
        die("start");
    (void)setrlimit(RLIMIT_NOFILE, &files);
    for (uint32_t i = 0; i < camera_count; i++)
        cameras[i] = (struct camera) { .watch = { CAMERA, -1 }, .number = i + 1 };
    listen_on(&listener);
    for (uint32_t i = 0; i < STARTING; i++)
        pull_next();

    for (;;) {
        int n = epoll_wait(epoll_fd, events, EVENTS, -1);
        // Only the connection of an event may go by it, except a camera that a
        // leaving viewer was the last of: its fd is -1 then.
        for (int i = 0; i < n; i++) {
            struct watch *w = events[i].data.ptr;
            if (w->fd >= 0)
                dispatch(w);
        }
    }
}
