#include "ws/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

// Hands an accepted socket to the test through a pipe.
static void on_accept(void *arg, int fd)
{
    const int *pipe_fds = arg;
    assert_int_equal(write(pipe_fds[1], &fd, sizeof(fd)), sizeof(fd));
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in addr = { .sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    return fd;
}

static int accepted(const int *pipe_fds)
{
    int fd = -1;
    assert_int_equal(read(pipe_fds[0], &fd, sizeof(fd)), sizeof(fd));
    return fd;
}

static void hands_over_sockets_that_are_ready_for_use(void **state)
{
    struct gw_acceptor *a = NULL;
    int pipe_fds[2];
    int on = 0;
    socklen_t len = sizeof(on);
    (void)state;
    assert_int_equal(pipe(pipe_fds), 0);
    assert_int_equal(gw_acceptor_start("127.0.0.1:0", on_accept, pipe_fds, &a), 0);
    assert_int_not_equal(gw_acceptor_port(a), 0);
    int client = connect_to(gw_acceptor_port(a));
    int fd = accepted(pipe_fds);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
    assert_int_not_equal(on, 0);
    gw_acceptor_stop(a);
    close(fd);
    close(client);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void refuses_addresses_it_cannot_read_or_take(void **state)
{
    static const char *const bad[] = { "",
                                       "8080",
                                       "127.0.0.1",
                                       "127.0.0.1:",
                                       "127.0.0.1:x",
                                       "127.0.0.1:65536",
                                       "127.0.0.1:-1",
                                       "host:80",
                                       "::1:80",
                                       "[::1:80",
                                       "[::1]80",
                                       "[]:80" };
    struct gw_acceptor *first = NULL;
    struct gw_acceptor *a = NULL;
    int pipe_fds[2] = { -1, -1 };
    char address[32];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_acceptor_start(bad[i], on_accept, pipe_fds, &a), -EINVAL);
    assert_int_equal(gw_acceptor_start("127.0.0.1:0", on_accept, pipe_fds, &first), 0);
    snprintf(address, sizeof(address), "127.0.0.1:%u", gw_acceptor_port(first));
    assert_int_equal(gw_acceptor_start(address, on_accept, pipe_fds, &a), -EADDRINUSE);
    assert_null(a);
    gw_acceptor_stop(first);
    gw_acceptor_stop(NULL);
}

static void without_descriptors_it_hangs_up_and_goes_on(void **state)
{
    struct gw_acceptor *a = NULL;
    int pipe_fds[2];
    struct rlimit limit;
    char byte;
    (void)state;
    assert_int_equal(pipe(pipe_fds), 0);
    assert_int_equal(gw_acceptor_start("127.0.0.1:0", on_accept, pipe_fds, &a), 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in addr = { .sin_family = AF_INET,
                                .sin_port = htons(gw_acceptor_port(a)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    // The next descriptor would be `client + 1`: there shall be none.
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit none = { .rlim_cur = (rlim_t)client + 1, .rlim_max = limit.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&addr, sizeof(addr)), 0);
    assert_int_equal(recv(client, &byte, 1, 0), 0); // hung up
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);

    int next = connect_to(gw_acceptor_port(a));
    int fd = accepted(pipe_fds);
    gw_acceptor_stop(a);
    close(fd);
    close(next);
    close(client);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_over_sockets_that_are_ready_for_use),
        cmocka_unit_test(refuses_addresses_it_cannot_read_or_take),
        cmocka_unit_test(without_descriptors_it_hangs_up_and_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
