#include "tests/net/end.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { TUN_MAJOR = 10, TUN_MINOR = 200 };

static const char tun[] = "/dev/net/tun";
static const char device[] = "wire";

// A bare root has no such node.
static int open_tun(void)
{
    int fd = open(tun, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    (void)mkdir("/dev/net", 0755);
    (void)mknod(tun, S_IFCHR | 0666, makedev(TUN_MAJOR, TUN_MINOR));
    return open(tun, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static int create_device(void)
{
    struct ifreq r = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    int fd = open_tun();

    if (fd < 0)
        return -errno;
    strncpy(r.ifr_name, device, IFNAMSIZ - 1);
    if (ioctl(fd, TUNSETIFF, &r) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

static int set_up(int s, const char *name)
{
    struct ifreq r = { 0 };

    strncpy(r.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(s, SIOCGIFFLAGS, &r) < 0)
        return -errno;
    r.ifr_flags |= IFF_UP;
    return ioctl(s, SIOCSIFFLAGS, &r) < 0 ? -errno : 0;
}

static int set_ip(int s, unsigned long request, const char *dotted)
{
    struct ifreq r = { 0 };
    struct sockaddr_in in = { .sin_family = AF_INET };

    strncpy(r.ifr_name, device, IFNAMSIZ - 1);
    if (inet_pton(AF_INET, dotted, &in.sin_addr) != 1)
        return -EINVAL;
    memcpy(&r.ifr_addr, &in, sizeof(in));
    return ioctl(s, request, &r) < 0 ? -errno : 0;
}

int end_set_address(const struct end *e, const char *address)
{
    if (setns(e->space, CLONE_NEWNET) < 0)
        return -errno;
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        return -errno;
    int r = set_ip(s, SIOCSIFADDR, address);
    if (!r)
        r = set_ip(s, SIOCSIFNETMASK, "255.255.255.0");
    if (!r)
        r = set_up(s, device);
    if (!r)
        r = set_up(s, "lo");
    close(s);
    return r;
}

int end_open(struct end *e, const char *address, const char **ret_what)
{
    *e = (struct end) { -1, -1 };
    *ret_what = "a network namespace (unshare, needs root and CONFIG_NET_NS)";
    if (unshare(CLONE_NEWNET) < 0)
        return -errno;
    e->space = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (e->space < 0)
        return -errno;
    *ret_what = "a TUN device (/dev/net/tun, needs CONFIG_TUN)";
    int fd = create_device();
    if (fd < 0)
        return fd;
    e->device = fd;
    *ret_what = "an address of the TUN device";
    return end_set_address(e, address);
}

size_t end_read(const struct end *e, uint8_t bytes[WIRE_PACKET_MAX])
{
    ssize_t n = read(e->device, bytes, WIRE_PACKET_MAX);
    return n > 0 ? (size_t)n : 0;
}

void end_write(const struct end *e, const uint8_t *bytes, size_t len)
{
    (void)!write(e->device, bytes, len);
}

void end_close(struct end *e)
{
    if (e->device >= 0)
        close(e->device);
    if (e->space >= 0)
        close(e->space);
    *e = (struct end) { -1, -1 };
}
