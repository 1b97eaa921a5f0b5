// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

// Real sockets on loopback, IPv4 and IPv6.

#include "ingest/udp_ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fixture {
    uv_loop_t loop;
    uint8_t buffer[4 * GW_UDP_DATAGRAM_MAX];
    struct gw_udp_ports *ports;
    struct sockaddr_storage address; // of both ends
    unsigned rtp;
    unsigned rtcp;
    char last[16];
};

static void on_datagram(void *arg, bool rtcp, const void *data, size_t len)
{
    struct fixture *f = arg;
    assert_in_range(len, 1, sizeof(f->last) - 1);
    memcpy(f->last, data, len);
    f->last[len] = '\0';
    if (rtcp)
        f->rtcp++;
    else
        f->rtp++;
}

static int open_ports(struct fixture *f, uint16_t first, uint16_t last, const char *peer,
                      struct gw_udp_ports **ret_ports)
{
    struct sockaddr_in6 from = { 0 };
    if (uv_ip4_addr(peer, 0, (struct sockaddr_in *)&from))
        assert_int_equal(uv_ip6_addr(peer, 0, &from), 0);
    struct gw_udp_ports_config config = {
        .loop = &f->loop,
        .local = (struct sockaddr *)&f->address,
        .peer = (struct sockaddr *)&from,
        .first_port = first,
        .last_port = last,
        .buffer = f->buffer,
        .buffer_bytes = sizeof(f->buffer),
        .on_datagram = on_datagram,
        .arg = f,
    };
    return gw_udp_ports_open(&config, ret_ports);
}

static struct fixture *begin(const char *address)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    if (uv_ip4_addr(address, 0, (struct sockaddr_in *)&f->address))
        assert_int_equal(uv_ip6_addr(address, 0, (struct sockaddr_in6 *)&f->address), 0);
    assert_int_equal(uv_loop_init(&f->loop), 0);
    return f;
}

static void end(struct fixture *f)
{
    gw_udp_ports_close(f->ports);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    free(f);
}

// A camera's socket, bound to some address; returns its port.
static int camera(const char *address, uint16_t *ret_port)
{
    struct sockaddr_storage at = { 0 };
    socklen_t len = sizeof(struct sockaddr_in6);
    if (uv_ip4_addr(address, 0, (struct sockaddr_in *)&at))
        assert_int_equal(uv_ip6_addr(address, 0, (struct sockaddr_in6 *)&at), 0);
    else
        len = sizeof(struct sockaddr_in);
    int fd = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_return_code(fd, errno);
    assert_return_code(bind(fd, (struct sockaddr *)&at, len), errno);
    assert_return_code(getsockname(fd, (struct sockaddr *)&at, &len), errno);
    *ret_port = ntohs(((struct sockaddr_in *)&at)->sin_port); // at the same place in both
    return fd;
}

static void send_to(struct fixture *f, int fd, uint16_t port, const char *text)
{
    struct sockaddr_in6 to;
    memcpy(&to, &f->address, sizeof(to));
    to.sin6_port = htons(port);
    socklen_t len = f->address.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                     : sizeof(struct sockaddr_in);
    assert_return_code(sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to, len),
                       errno);
}

static void takes_both_kinds_from_the_camera_and_answers(void **state)
{
    static const char *const addresses[] = { "127.0.0.1", "::1" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fixture *f = begin(addresses[i]);
        uint16_t port;
        char answer[16] = "";
        int fd = camera(addresses[i], &port);

        assert_int_equal(open_ports(f, 0, 0, addresses[i], &f->ports), 0);
        uint16_t number = gw_udp_ports_number(f->ports);
        assert_int_equal(number % 2, 0);
        send_to(f, fd, number, "rtp");
        send_to(f, fd, (uint16_t)(number + 1), "rtcp");
        while (f->rtp + f->rtcp < 2)
            uv_run(&f->loop, UV_RUN_ONCE);
        assert_int_equal(f->rtp, 1);
        assert_int_equal(f->rtcp, 1);

        gw_udp_ports_send(f->ports, true, "none", 4); // the camera named no ports yet
        gw_udp_ports_peer(f->ports, "", 0, port);
        gw_udp_ports_send(f->ports, true, "report", 6);
        assert_int_equal(recv(fd, answer, sizeof(answer), 0), 6);
        assert_string_equal(answer, "report");
        close(fd);
        end(f);
    }
}

static void strangers_are_dropped_and_counted(void **state)
{
    struct fixture *f = begin("127.0.0.1");
    uint16_t port;
    int stranger = camera("127.0.0.3", &port);
    int fd = camera("127.0.0.2", &port);
    (void)state;

    assert_int_equal(open_ports(f, 0, 0, "127.0.0.2", &f->ports), 0);
    uint16_t number = gw_udp_ports_number(f->ports);
    send_to(f, stranger, number, "forged");
    send_to(f, fd, number, "good");
    while (!f->rtp)
        uv_run(&f->loop, UV_RUN_ONCE);
    assert_string_equal(f->last, "good");
    assert_int_equal(gw_udp_ports_strangers(f->ports), 1);

    gw_udp_ports_peer(f->ports, "127.0.0.3", port, 0); // the camera named a source
    send_to(f, fd, number, "old");
    send_to(f, stranger, number, "new");
    while (f->rtp < 2)
        uv_run(&f->loop, UV_RUN_ONCE);
    assert_string_equal(f->last, "new");
    assert_int_equal(gw_udp_ports_strangers(f->ports), 2);
    close(fd);
    close(stranger);
    end(f);
}

static void takes_no_port_outside_its_range(void **state)
{
    struct fixture *f = begin("127.0.0.1");
    struct gw_udp_ports *second = NULL;
    uint16_t port = 0;
    (void)state;

    assert_int_equal(open_ports(f, 0, 0, "127.0.0.1", &f->ports), 0);
    port = gw_udp_ports_number(f->ports);
    assert_int_equal(open_ports(f, port, port + 1, "127.0.0.1", &second), -EADDRINUSE);
    assert_int_equal(open_ports(f, port, port, "127.0.0.1", &second), -EADDRINUSE);
    assert_int_equal(open_ports(f, port + 1, port + 2, "127.0.0.1", &second),
                     -EADDRINUSE);
    assert_null(second);
    end(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_both_kinds_from_the_camera_and_answers),
        cmocka_unit_test(strangers_are_dropped_and_counted),
        cmocka_unit_test(takes_no_port_outside_its_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
