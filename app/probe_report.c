#include "app/probe_report.h"

#include "base/clock.h"

#include <stdarg.h>

enum { TICKS_PER_S = 90000 };

static const char *const verdicts[GW_PROBE_VERDICTS] = {
    [GW_PROBE_PICTURES] = "pictures",
    [GW_PROBE_NO_KEY_FRAME] = "no_key_frame",
    [GW_PROBE_FAILED] = "failed",
    [GW_PROBE_OTHER_SCHEME] = "not_tested",
};

const char *gw_probe_verdict_name(enum gw_probe_verdict verdict)
{
    return verdicts[verdict];
}

const char *gw_probe_codec_name(enum gw_codec codec)
{
    switch (codec) {
    case GW_CODEC_H264: return "h264";
    case GW_CODEC_H265: return "h265";
    case GW_CODEC_JPEG: return "mjpeg";
    case GW_CODEC_AAC: return "aac";
    case GW_CODEC_PCMA: return "g711a";
    case GW_CODEC_PCMU: return "g711u";
    case GW_CODEC_OPUS: return "opus";
    case GW_CODEC_NONE: break;
    }
    return "none";
}

double gw_probe_frames_per_s(const struct gw_probe_report *r)
{
    return r->span_90k && r->frames > 1
               ? (double)(r->frames - 1) * TICKS_PER_S / (double)r->span_90k
               : 0;
}

double gw_probe_bits_per_s(const struct gw_probe_report *r)
{
    return r->span_90k ? (double)r->bytes * 8 * TICKS_PER_S / (double)r->span_90k : 0;
}

double gw_probe_loss(const struct gw_probe_report *r)
{
    uint64_t sent = r->packets + r->packets_lost;
    return sent ? (double)r->packets_lost / (double)sent : 0;
}

struct page {
    FILE *out;
    enum gw_lang lang;
};

static void __attribute__((format(printf, 3, 4)))
line(const struct page *p, struct gw_text label, const char *format, ...)
{
    va_list args;

    (void)fprintf(p->out, "%s%s", gw_text_in(label, p->lang),
                  p->lang == GW_LANG_ZH ? "：" : ": ");
    va_start(args, format);
    (void)vfprintf(p->out, format, args);
    va_end(args);
    (void)fputc('\n', p->out);
}

static void print_peer(const struct page *p, const struct gw_probe_report *r)
{
    static const struct gw_text none = { "none asked for", "无需认证" };

    if (*r->peer.server)
        line(p, (struct gw_text) { "device", "设备" }, "%s", r->peer.server);
    if (r->peer.auth || r->signalling_us != GW_PROBE_NEVER)
        line(p, (struct gw_text) { "sign-in", "认证方式" }, "%s",
             r->peer.auth ? r->peer.auth : gw_text_in(none, p->lang));
}

static void print_media(const struct page *p, const struct gw_probe_report *r)
{
    static const struct gw_text no_audio = { "none that can be carried", "无可用音频" };

    if (r->video == GW_CODEC_NONE)
        return;
    line(p, (struct gw_text) { "transport", "传输方式" }, "%s%s",
         r->lower == GW_RTSP_UDP ? "UDP" : "TCP", r->tls ? " (TLS)" : "");
    line(p, (struct gw_text) { "video", "视频" }, "%s", gw_probe_codec_name(r->video));
    if (r->width)
        line(p, (struct gw_text) { "size", "分辨率" }, "%ux%u", r->width, r->height);
    if (r->span_90k) {
        line(p, (struct gw_text) { "frames per second", "帧率" }, "%.1f",
             gw_probe_frames_per_s(r));
        line(p, (struct gw_text) { "bit rate", "码率" }, "%.0f kbit/s",
             gw_probe_bits_per_s(r) / 1000);
    }
    line(p, (struct gw_text) { "audio", "音频" }, "%s",
         r->audio ? gw_probe_codec_name(r->audio) : gw_text_in(no_audio, p->lang));
}

static void print_delay(const struct page *p, struct gw_text label, uint64_t us)
{
    if (us != GW_PROBE_NEVER)
        line(p, label, "%.0f ms", (double)us / GW_MS);
}

static void print_delays(const struct page *p, const struct gw_probe_report *r)
{
    print_delay(p,
                (struct gw_text) { "signalling delay (connect to PLAY answered)",
                                   "信令时延（连接至 PLAY 应答）" },
                r->signalling_us);
    print_delay(p,
                (struct gw_text) { "stream delay (PLAY to first packet)",
                                   "码流时延（PLAY 至首个数据包）" },
                r->stream_us);
    print_delay(p,
                (struct gw_text) { "key-frame delay (PLAY to first key frame)",
                                   "关键帧时延（PLAY 至首个关键帧）" },
                r->key_us);
}

static void print_health(const struct page *p, const struct gw_probe_report *r)
{
    static const struct gw_text yes = { "yes: players need to reorder, which adds delay",
                                        "有：播放端需重排，会增加时延" };
    static const struct gw_text slow = {
        " (long: who joins waits for it; shorten the camera's I-frame interval)",
        "（过长：加入观看者需等待，请缩短摄像机的 I 帧间隔）",
    };
    uint64_t key_us = r->key_interval_90k * GW_SECOND / TICKS_PER_S;

    if (key_us)
        line(p, (struct gw_text) { "key-frame interval", "关键帧间隔" }, "%.1f s%s",
             (double)key_us / GW_SECOND,
             key_us >= GW_SOURCE_LONG_GOP_US ? gw_text_in(slow, p->lang) : "");
    if (r->b_frames)
        line(p, (struct gw_text) { "B-frames", "B 帧" }, "%s", gw_text_in(yes, p->lang));
    if (r->packets)
        line(p, (struct gw_text) { "packets lost", "丢包" }, "%.2f %%",
             gw_probe_loss(r) * 100);
}

static void print_tolerances(const struct page *p, const struct gw_probe_report *r)
{
    for (unsigned i = 0; i < GW_TOLERANCES; i++) {
        enum gw_tolerance t = (enum gw_tolerance)i;
        if (r->peer.tolerated & gw_tolerance_bit(t))
            line(p, (struct gw_text) { "tolerated", "已兼容" }, "%s",
                 gw_text_in(gw_tolerance_text(t), p->lang));
    }
}

struct gw_text gw_probe_verdict_text(const struct gw_probe_report *r)
{
    switch (r->verdict) {
    case GW_PROBE_PICTURES:
        return r->packets_lost
                   ? (struct gw_text) { "Pictures come, but packets are lost on the "
                                        "way. Check the line to the camera.",
                                        "有画面，但途中丢包，请检查到摄像机的线路。" }
                   : (struct gw_text) { "Pictures come.", "画面正常。" };
    case GW_PROBE_NO_KEY_FRAME:
        return (struct gw_text) {
            "The camera sends, but no key frame that a picture can begin with came in "
            "time. Shorten its I-frame interval, or give it more --seconds.",
            "摄像机有码流，但规定时间内没有可解码的关键帧，请缩短 I 帧间隔或加大 "
            "--seconds。",
        };
    case GW_PROBE_OTHER_SCHEME:
        return (struct gw_text) {
            "Only rtsp:// and rtsps:// addresses are tested. Put this source into the "
            "registry: the running engine shows its state and what is wrong.",
            "仅可测试 rtsp:// 和 rtsps:// 地址。请将该信号源加入台账，由运行中的引擎"
            "显示其状态和故障原因。",
        };
    case GW_PROBE_FAILED:
    case GW_PROBE_VERDICTS: break;
    }
    return gw_cause_text(r->cause);
}

void gw_probe_report_print(const struct gw_probe_report *r, enum gw_lang lang, FILE *out)
{
    const struct page p = { out, lang };

    if (*r->address)
        line(&p, (struct gw_text) { "address", "地址" }, "%s", r->address);
    if (*r->sent_to)
        line(&p, (struct gw_text) { "sent on to", "重定向至" }, "%s", r->sent_to);
    print_peer(&p, r);
    print_media(&p, r);
    print_delays(&p, r);
    print_health(&p, r);
    print_tolerances(&p, r);
    if (r->rtsp_status)
        line(&p, (struct gw_text) { "status", "状态码" }, "%u", r->rtsp_status);
    if (r->verdict == GW_PROBE_PICTURES && r->cause)
        line(&p, (struct gw_text) { "ended early", "提前结束" }, "%s",
             gw_text_in(gw_cause_text(r->cause), lang));
    line(&p, (struct gw_text) { "verdict", "结论" }, "%s",
         gw_text_in(gw_probe_verdict_text(r), lang));
}
