#include "ws/origin.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { HOST_MAX = 253 }; // bytes of a host name, RFC 1035 section 2.3.4

// Whether `s` is a port, from its colon to the end, or nothing.
static bool is_port(const char *s)
{
    if (*s == '\0')
        return true;
    if (*s++ != ':')
        return false;
    size_t digits = strspn(s, "0123456789");
    return digits <= 5 && s[digits] == '\0';
}

static bool is_loopback_name(const char *name, size_t len)
{
    static const char localhost[] = "localhost";
    const size_t own = sizeof(localhost) - 1;

    if (len < own || strncasecmp(name + len - own, localhost, own) != 0)
        return false;
    return len == own || name[len - own - 1] == '.';
}

static bool is_loopback_v4(const char *text)
{
    struct in_addr addr;
    return inet_pton(AF_INET, text, &addr) == 1 && ntohl(addr.s_addr) >> 24 == 127;
}

bool gw_host_is_loopback(const char *host)
{
    if (strncmp(host, "[::1]", 5) == 0)
        return is_port(host + 5);

    char name[HOST_MAX + 1];
    size_t len = strcspn(host, ":");
    if (len == 0 || len > HOST_MAX || !is_port(host + len))
        return false;
    memcpy(name, host, len);
    name[len] = '\0';
    return is_loopback_name(name, len) || is_loopback_v4(name);
}

// What follows the scheme of an origin, or NULL: "null", "file://" and the like.
static const char *authority(const char *origin)
{
    if (strncasecmp(origin, "http://", 7) == 0)
        return origin + 7;
    if (strncasecmp(origin, "https://", 8) == 0)
        return origin + 8;
    return NULL;
}

bool gw_origin_is_loopback(const char *origin)
{
    const char *host = authority(origin);
    return host && gw_host_is_loopback(host);
}

bool gw_origin_is_host(const char *origin, const char *host)
{
    const char *own = authority(origin);
    return own && strcasecmp(own, host) == 0;
}

const char *gw_origin_allowed(const char *list, const char *origin)
{
    const size_t len = strlen(origin);
    for (const char *p = list ? list : ""; *(p += strspn(p, " ,"));
         p += strcspn(p, " ,")) {
        size_t word = strcspn(p, " ,");
        if (word == 1 && *p == '*')
            return "*";
        if (len > 0 && word == len && strncasecmp(p, origin, len) == 0)
            return origin;
    }
    return NULL;
}

bool gw_origin_is_good(const char *text)
{
    const char *host = authority(text);
    size_t len = host ? strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") : 0;
    return len > 0 && host[len] == '\0' && *text == 'h' && strlen(text) <= GW_ORIGIN_MAX;
}
