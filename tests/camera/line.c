#include "tests/camera/line.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

void camera_line_open(struct camera_line *line, int fd)
{
    int on = 1;

    // Pieces are to travel as pieces.
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    line->fd = fd;
    line->in_len = 0;
    line->split = 0;
}

void camera_line_close(struct camera_line *line, bool reset)
{
    struct linger linger = { .l_onoff = 1, .l_linger = 0 };

    if (line->fd < 0)
        return;
    if (reset)
        (void)setsockopt(line->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    (void)close(line->fd);
    line->fd = -1;
}

bool camera_line_send(struct camera_line *line, const void *data, size_t len)
{
    const char *at = data;

    while (len) {
        size_t piece = line->split && line->split < len ? line->split : len;
        ssize_t n = send(line->fd, at, piece, MSG_NOSIGNAL);
        if (n < 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static void use(struct camera_line *line, size_t len)
{
    line->in_len -= len;
    memmove(line->in, line->in + len, line->in_len);
    line->in[line->in_len] = '\0';
}

// "$", channel, 16-bit length. Returns whether one was taken off.
static bool skip_packet(struct camera_line *line)
{
    if (line->in_len < 4 || line->in[0] != '$')
        return false;
    size_t len = 4 + ((size_t)(uint8_t)line->in[2] << 8 | (uint8_t)line->in[3]);
    if (line->in_len < len)
        return false;
    use(line, len);
    return true;
}

static enum camera_heard take_request(struct camera_line *line)
{
    char *end = strstr(line->in, "\r\n\r\n");
    size_t len = end ? (size_t)(end - line->in) : 0;

    if (!end)
        return line->in_len < CAMERA_REQUEST_MAX ? CAMERA_QUIET : CAMERA_NONSENSE;
    if (len >= sizeof(line->request))
        return CAMERA_NONSENSE;
    memcpy(line->request, line->in, len);
    line->request[len] = '\0';
    use(line, len + 4);

    const char *cseq = camera_line_header(line, "CSeq");
    if (sscanf(line->request, "%31[A-Z_] ", line->method) != 1 || !cseq ||
        sscanf(cseq, "%u", &line->cseq) != 1)
        return CAMERA_NONSENSE;
    return CAMERA_REQUEST;
}

enum camera_heard camera_line_hear(struct camera_line *line, int wait_ms)
{
    struct pollfd poll_fd = { .fd = line->fd, .events = POLLIN };

    for (;;) {
        while (skip_packet(line))
            ;
        enum camera_heard heard =
            line->in_len && line->in[0] != '$' ? take_request(line) : CAMERA_QUIET;
        if (heard != CAMERA_QUIET)
            return heard;
        if (poll(&poll_fd, 1, wait_ms) <= 0)
            return CAMERA_QUIET;
        ssize_t n = recv(line->fd, line->in + line->in_len,
                         sizeof(line->in) - line->in_len - 1, 0);
        if (n <= 0)
            return CAMERA_HUNG_UP;
        line->in_len += (size_t)n;
        line->in[line->in_len] = '\0';
    }
}

const char *camera_line_header(const struct camera_line *line, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strstr(line->request, "\r\n"); at; at = strstr(at, "\r\n")) {
        at += 2;
        if (!strncasecmp(at, name, len) && at[len] == ':')
            return at + len + 1 + strspn(at + len + 1, " ");
    }
    return NULL;
}
