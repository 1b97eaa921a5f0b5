#include "base/source.h"

#include <stddef.h>
#include <stdlib.h>

static const char *const state_names[GW_SOURCE_STATES] = {
    [GW_SOURCE_IDLE] = "idle",         [GW_SOURCE_CONNECTING] = "connecting",
    [GW_SOURCE_WAITING] = "waiting",   [GW_SOURCE_LIVE] = "live",
    [GW_SOURCE_RETRYING] = "retrying",
};

const char *gw_source_state_name(enum gw_source_state state)
{
    return state_names[state];
}

struct cause_words {
    const char *name;
    struct gw_text text;
};

static const struct cause_words causes[GW_CAUSES] = {
    [GW_CAUSE_NONE] = { "none", { "No fault.", "无故障。" } },
    [GW_CAUSE_BAD_URL] = { "bad_url",
                           { "The stream address cannot be used. Correct it in the "
                             "registry.",
                             "取流地址无法使用，请在台账中更正。" } },
    [GW_CAUSE_UNRESOLVED] = { "unresolved",
                              { "The camera's host name has no address. Check the name "
                                "or the DNS server.",
                                "无法解析摄像机主机名，请检查名称或 DNS 服务器。" } },
    [GW_CAUSE_NO_ROUTE] = { "no_route",
                            { "The camera cannot be reached over the network. Check the "
                              "line to it.",
                              "网络不可达，请检查到该摄像机的线路。" } },
    [GW_CAUSE_REFUSED] = { "refused",
                           { "The device is there, but nothing listens on that port. "
                             "Check the RTSP port.",
                             "设备在线，但该端口未开放，请检查 RTSP 端口。" } },
    [GW_CAUSE_TIMEOUT] = { "timeout",
                           { "The camera did not answer in time. Check its power and the "
                             "line to it.",
                             "摄像机未在规定时间内应答，请检查供电和线路。" } },
    [GW_CAUSE_PASSWORD] = { "wrong_password",
                            { "The camera answers, but refuses this user or password. "
                              "Correct them.",
                              "摄像机有应答，但用户名或密码被拒绝，请更正。" } },
    [GW_CAUSE_FORBIDDEN] = { "forbidden",
                             { "The camera forbids this user to watch the stream. Grant "
                               "the right on the device.",
                               "摄像机禁止该用户观看此码流，请在设备上授权。" } },
    [GW_CAUSE_NOT_FOUND] = { "not_found",
                             { "The device has no such stream. Check channel and path of "
                               "the address.",
                               "设备上没有该码流，请检查地址中的通道和路径。" } },
    [GW_CAUSE_BUSY] = { "busy",
                        { "The device serves no more viewers now. It is tried again.",
                          "设备连接数已满，将自动重试。" } },
    [GW_CAUSE_STATUS] = { "rtsp_error",
                          { "The camera answered with an error.",
                            "摄像机返回错误状态。" } },
    [GW_CAUSE_NOT_RTSP] = { "not_rtsp",
                            { "What answers at this address does not speak RTSP. Check "
                              "host and port.",
                              "该地址应答的不是 RTSP 协议，请检查主机和端口。" } },
    [GW_CAUSE_NO_VIDEO] = { "no_video",
                            { "The device offers no video in this stream. Check the "
                              "channel.",
                              "该码流不含视频，请检查通道。" } },
    [GW_CAUSE_CODEC] = { "codec",
                         { "The video format cannot be carried. Set the camera to H.264 "
                           "or "
                           "H.265 or MJPEG.",
                           "视频编码格式不支持，请将摄像机设为 H.264、H.265 或 "
                           "MJPEG。" } },
    [GW_CAUSE_STALLED] = { "stalled",
                           { "The source went silent. Its pictures come back once it "
                             "sends again.",
                             "视频流中断，恢复发送后画面将自动恢复。" } },
    [GW_CAUSE_INCOMPLETE] = { "incomplete",
                              { "Packets come, but no whole picture: the line is too "
                                "slow or loses too much. Lower the stream's bit rate, or "
                                "set its transport to TCP.",
                                "能收到数据包，但无法组成完整画面：线路过慢或丢包严重，请"
                                "降低"
                                "码率，或将传输方式设为 TCP。" } },
    [GW_CAUSE_UNSIZED] = { "picture_size",
                           { "The camera's MJPEG picture is larger than 2040 pixels, "
                             "and it does not say how large. Set a smaller picture, or "
                             "H.264 or H.265.",
                             "摄像机的 MJPEG 画面超过 2040 像素且未说明尺寸，请减小画面"
                             "尺寸，或改用 H.264 或 H.265。" } },
    [GW_CAUSE_CLOSED] = { "closed",
                          { "The source closed the connection. Its pictures come back "
                            "once it sends again.",
                            "信号源断开了连接，恢复发送后画面将自动恢复。" } },
    [GW_CAUSE_UNREADABLE] = { "unreadable",
                              { "What comes from this address is no video stream that "
                                "can be read. Check the address.",
                                "该地址返回的内容不是可读取的视频流，请检查地址。" } },
    [GW_CAUSE_FILES] = { "file_outside",
                         { "Files are played from the directory --files-dir only; this "
                           "one lies outside, or none is set.",
                           "仅可播放 --files-dir 目录内的文件；该文件在目录之外，或未设置"
                           "该目录。" } },
    [GW_CAUSE_WORKER] = { "worker_crashed",
                          { "The helper process of this source crashed or could not be "
                            "started. It is tried again; see the log.",
                            "该信号源的辅助进程崩溃或无法启动，将自动重试，详见日志"
                            "。" } },
    [GW_CAUSE_NOT_PUSHED] = { "not_pushed",
                              { "The source does not send. Start it, and check the "
                                "address and the key that it sends to.",
                                "该信号源未推流，请启动设备并检查推流地址和密钥。" } },
    [GW_CAUSE_TRANSPORT] = { "transport",
                             { "The camera refuses to send the way it is asked to. Set "
                               "its transport to auto, or allow TCP or UDP on it.",
                               "摄像机拒绝所请求的传输方式，请设为自动，或在设备上"
                               "开启 TCP 或 UDP。" } },
    [GW_CAUSE_REDIRECT] = { "redirect",
                            { "The camera sends us to an address that leads nowhere. "
                              "Correct the stream address, or the device's redirect.",
                              "摄像机将取流重定向到无效地址，请更正取流地址或设备的重定向"
                              "设置。" } },
    [GW_CAUSE_UDP_SILENT] = { "udp_silent",
                              { "The camera sends by UDP, but nothing arrives. Open the "
                                "UDP ports on the way, or set its transport to TCP.",
                                "摄像机以 UDP 发送，但未收到数据，请开放途中的 UDP 端口，"
                                "或将传输方式设为 TCP。" } },
    [GW_CAUSE_TLS] = { "tls",
                       { "No encrypted connection comes about. Check that the port is "
                         "the "
                         "device's RTSPS port and that it speaks TLS 1.2 or newer.",
                         "无法建立加密连接，请检查端口是否为设备的 RTSPS 端口，以及设备"
                         "是否支持 TLS 1.2 以上版本。" } },
    [GW_CAUSE_TLS_UNTRUSTED] = { "tls_untrusted",
                                 { "The camera's certificate is not trusted. Give the "
                                   "engine its authority (ca-file), or allow any "
                                   "certificate for this camera (#tls=any).",
                                   "摄像机证书不受信任，请在引擎中配置其签发机构"
                                   "（ca-file），或允许该摄像机使用任意证书（#tls="
                                   "any）。" } },
    [GW_CAUSE_TLS_NAME] = { "tls_wrong_name",
                            { "The camera's certificate is for another host. Use the "
                              "name "
                              "that it is for, or renew it.",
                              "摄像机证书与主机名不符，请使用证书中的名称或更换证书"
                              "。" } },
    [GW_CAUSE_TLS_EXPIRED] = { "tls_expired",
                               { "The camera's certificate has expired or is not valid "
                                 "yet. Renew it, and check the clocks.",
                                 "摄像机证书已过期或尚未生效，请更换证书并检查时钟。" } },
    [GW_CAUSE_OUR_LIMIT] = { "limit",
                             { "The stream exceeds a limit of the engine. See the log.",
                               "码流超出引擎限制，请查看日志。" } },
};

const char *gw_cause_name(enum gw_cause cause)
{
    return causes[cause].name;
}

struct gw_text gw_cause_text(enum gw_cause cause)
{
    return causes[cause].text;
}

bool gw_cause_is_lasting(enum gw_cause cause)
{
    switch (cause) {
    case GW_CAUSE_BAD_URL:
    case GW_CAUSE_PASSWORD:
    case GW_CAUSE_FORBIDDEN:
    case GW_CAUSE_NOT_FOUND:
    case GW_CAUSE_STATUS:
    case GW_CAUSE_NOT_RTSP:
    case GW_CAUSE_NO_VIDEO:
    case GW_CAUSE_UNREADABLE:
    case GW_CAUSE_FILES:
    case GW_CAUSE_TRANSPORT:
    case GW_CAUSE_REDIRECT:
    case GW_CAUSE_TLS:
    case GW_CAUSE_TLS_UNTRUSTED:
    case GW_CAUSE_TLS_NAME:
    case GW_CAUSE_TLS_EXPIRED:
    case GW_CAUSE_UNSIZED:
    case GW_CAUSE_CODEC: return true;
    case GW_CAUSE_NONE:
    case GW_CAUSE_NOT_PUSHED:
    case GW_CAUSE_UNRESOLVED:
    case GW_CAUSE_NO_ROUTE:
    case GW_CAUSE_REFUSED:
    case GW_CAUSE_TIMEOUT:
    case GW_CAUSE_BUSY:
    case GW_CAUSE_STALLED:
    case GW_CAUSE_INCOMPLETE:
    case GW_CAUSE_UDP_SILENT:
    case GW_CAUSE_CLOSED:
    case GW_CAUSE_WORKER:
    case GW_CAUSE_OUR_LIMIT: return false;
    case GW_CAUSES: break;
    }
    abort(); // -Wswitch-enum: every cause is above
}
