#include "map/vendor_url.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 4, CHANNEL_MAX = 9999, RTSP_PORT = 554, BARE_MAX = 512 };

// Paths as the vendors' manuals have them.
struct vendor {
    const char *names[NAMES_MAX];
    // Writes the path of `channel` (0: of a camera itself).
    void (*write)(char *out, size_t size, int channel, bool sub);
};

// Channel times 100, and 1 for the main, 2 for the sub stream.
static void write_hikvision(char *out, size_t size, int channel, bool sub)
{
    snprintf(out, size, "/Streaming/Channels/%d",
             (channel ? channel : 1) * 100 + 1 + sub);
}

static void write_dahua(char *out, size_t size, int channel, bool sub)
{
    snprintf(out, size, "/cam/realmonitor?channel=%d&subtype=%d", channel ? channel : 1,
             sub);
}

// Recorders and cameras differ.
static void write_uniview(char *out, size_t size, int channel, bool sub)
{
    if (channel)
        snprintf(out, size, "/unicast/c%d/s%d/live", channel, sub);
    else
        snprintf(out, size, "/media/video%d", 1 + sub);
}

static const struct vendor vendors[] = {
    { { "hikvision", "海康威视", "海康" }, write_hikvision },
    { { "dahua", "大华", "大华股份" }, write_dahua },
    { { "uniview", "宇视", "宇视科技" }, write_uniview },
};

static const struct vendor *find(const char *name)
{
    for (size_t i = 0; i < sizeof(vendors) / sizeof(*vendors); i++)
        for (int k = 0; k < NAMES_MAX && vendors[i].names[k]; k++)
            if (strcasecmp(name, vendors[i].names[k]) == 0)
                return &vendors[i];
    return NULL;
}

// NULL is `otherwise`.
static bool read_number(const char *text, int least, int most, int otherwise, int *ret)
{
    *ret = otherwise;
    if (!text)
        return true;
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || *end || !strchr("0123456789", *text) || n < least || n > most)
        return false;
    *ret = (int)n;
    return true;
}

// Returns 0, -EMSGSIZE for a login that is too long, or -EBADMSG for what is no address.
static int write_url(const struct gw_device *d, int port, const char *path,
                     char ret_url[GW_STREAM_URL_MAX + 1])
{
    char bare[BARE_MAX];
    struct gw_stream_url *url = NULL;
    bool v6 = strchr(d->address, ':');

    // What would end the host early would not be an address.
    if (d->address[strcspn(d->address, "/?#@[]% \t")])
        return -EBADMSG;
    int n = snprintf(bare, sizeof(bare), v6 ? "rtsp://[%s]:%d%s" : "rtsp://%s:%d%s",
                     d->address, port, path);
    if (n >= (int)sizeof(bare) || gw_stream_url_parse(bare, &url) < 0)
        return -EBADMSG;
    int r = gw_stream_url_write(url, d->user, d->user && d->password ? d->password : "",
                                ret_url);
    gw_stream_url_destroy(url);
    return r;
}

static const struct gw_camera_problem no_vendor = {
    "vendor",
    { "stream addresses of this vendor are not known (Hikvision, Dahua, Uniview are); "
      "write url_main and url_sub",
      "不了解该厂商的码流地址格式（支持海康威视、大华、宇视），请填写主、辅码流地址" },
};
static const struct gw_camera_problem no_port = {
    "port",
    { "a port is a number from 1 to 65535; correct it, or leave it empty for 554",
      "端口应为 1 至 65535 的数字，请更正；留空为 554" },
};
static const struct gw_camera_problem no_channel = {
    "channel",
    { "a channel is a number from 1 on; correct it, or leave it empty for a camera "
      "without a recorder",
      "通道号应为从 1 起的数字，请更正；无录像机的摄像机请留空" },
};
static const struct gw_camera_problem no_address = {
    "ip",
    { "this is no address that a stream could come from; correct it",
      "这不是可取流的地址，请更正" },
};
static const struct gw_camera_problem long_login = {
    "password",
    { "user and password are too long for a stream address; shorten them",
      "用户名和密码过长，无法写入码流地址，请缩短" },
};

bool gw_device_urls(const struct gw_device *device, struct gw_device_urls *ret_urls,
                    struct gw_camera_problem *ret_problem)
{
    const struct vendor *vendor = find(device->vendor);
    const struct gw_camera_problem *problem = NULL;
    char path[64];
    int port, channel;

    if (!vendor)
        problem = &no_vendor;
    else if (!read_number(device->port, 1, UINT16_MAX, RTSP_PORT, &port))
        problem = &no_port;
    else if (!read_number(device->channel, 1, CHANNEL_MAX, 0, &channel))
        problem = &no_channel;
    for (int sub = 0; sub < 2 && !problem; sub++) {
        vendor->write(path, sizeof(path), channel, sub);
        int r = write_url(device, port, path, sub ? ret_urls->sub : ret_urls->main);
        if (r < 0)
            problem = r == -EMSGSIZE ? &long_login : &no_address;
    }
    if (problem)
        *ret_problem = *problem;
    return !problem;
}
