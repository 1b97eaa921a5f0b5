#include "ingest/sdp.h"

#include "base/bytes.h"
#include "ingest/base64.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
    PAYLOAD_TYPE_MAX = 127,
    JPEG_PAYLOAD_TYPE = 26, // RFC 3551 section 6
    MANDATORY = 4,          // lines
};

static bool begins(struct gw_rtsp_text text, const char *prefix)
{
    size_t len = strlen(prefix);
    return text.len >= len && !strncasecmp(text.s, prefix, len);
}

static struct gw_rtsp_text behind(struct gw_rtsp_text text, size_t len)
{
    return gw_rtsp_text_trim((struct gw_rtsp_text) { text.s + len, text.len - len });
}

// "video 0 RTP/AVP 96". Returns 0, or -EBADMSG for a medium that is none: quirk
// 14 (TP-Link has "smart/1/90000" where the payload type belongs).
static int parse_media(struct gw_rtsp_text line, struct gw_sdp_media *ret_media)
{
    struct gw_sdp_media media = { .channels = 1 };
    struct gw_rtsp_text port;
    struct gw_rtsp_text protocol;
    struct gw_rtsp_text format;
    uint32_t payload_type;

    if (!gw_rtsp_text_cut(&line, ' ', &media.type) ||
        !gw_rtsp_text_cut(&line, ' ', &port) ||
        !gw_rtsp_text_cut(&line, ' ', &protocol) ||
        !gw_rtsp_text_cut(&line, ' ', &format))
        return -EBADMSG;
    if (gw_rtsp_text_number(format, &payload_type) || payload_type > PAYLOAD_TYPE_MAX)
        return -EBADMSG;
    media.payload_type = (uint8_t)payload_type;
    *ret_media = media;
    return 0;
}

// Takes the payload type off "96 H264/90000"; false when it is another medium's.
static bool cut_payload_type(struct gw_rtsp_text *rest, uint8_t wanted)
{
    struct gw_rtsp_text part;
    uint32_t payload_type;

    return gw_rtsp_text_cut(rest, ' ', &part) &&
           !gw_rtsp_text_number(part, &payload_type) && payload_type == wanted;
}

static void parse_rtpmap(struct gw_rtsp_text rest, struct gw_sdp_media *media)
{
    struct gw_rtsp_text codec;
    struct gw_rtsp_text clock_rate = { 0 };
    uint32_t channels;

    if (!cut_payload_type(&rest, media->payload_type))
        return;
    rest = gw_rtsp_text_trim(rest);
    if (!gw_rtsp_text_cut(&rest, '/', &codec))
        return;
    media->codec = codec;
    (void)gw_rtsp_text_cut(&rest, '/', &clock_rate);
    if (gw_rtsp_text_number(clock_rate, &media->clock_rate))
        media->clock_rate = 0;
    if (!gw_rtsp_text_number(gw_rtsp_text_trim(rest), &channels) && channels)
        media->channels = channels;
}

// The size that a text like "2592,1944" says. What is none is passed over.
static void parse_size(struct gw_rtsp_text text, char between, struct gw_sdp_media *media)
{
    struct gw_rtsp_text part;
    uint32_t width;
    uint32_t height;

    if (!gw_rtsp_text_cut(&text, between, &part) || gw_rtsp_text_number(part, &width) ||
        gw_rtsp_text_number(gw_rtsp_text_trim(text), &height))
        return;
    if (!width || !height || width > UINT16_MAX || height > UINT16_MAX)
        return;
    media->width_px = (uint16_t)width;
    media->height_px = (uint16_t)height;
}

// "96 2592-1944" (RFC 6064 section 2.2.2). Mobotix names another payload type than the
// medium's, so it is not asked for.
static void parse_framesize(struct gw_rtsp_text rest, struct gw_sdp_media *media)
{
    struct gw_rtsp_text payload_type;

    if (gw_rtsp_text_cut(&rest, ' ', &payload_type))
        parse_size(gw_rtsp_text_trim(rest), '-', media);
}

static void parse_attribute(struct gw_rtsp_text line, struct gw_sdp_media *media)
{
    if (begins(line, "rtpmap:"))
        parse_rtpmap(behind(line, 7), media);
    else if (begins(line, "control:"))
        media->control = behind(line, 8);
    else if (begins(line, "x-dimensions:"))
        parse_size(behind(line, 13), ',', media);
    else if (begins(line, "framesize:"))
        parse_framesize(behind(line, 10), media);
    else if (begins(line, "fmtp:")) {
        struct gw_rtsp_text rest = behind(line, 5);
        if (cut_payload_type(&rest, media->payload_type))
            media->fmtp = gw_rtsp_text_trim(rest);
    }
}

// Which of the lines that RFC 8866 section 5 demands this is: a bit, or 0.
static unsigned mandatory_line(struct gw_rtsp_text line)
{
    static const char *const names[MANDATORY] = { "v=", "o=", "s=", "t=" };

    for (unsigned i = 0; i < MANDATORY; i++) {
        if (begins(line, names[i]))
            return 1u << i;
    }
    return 0;
}

void gw_sdp_parse(const void *text, size_t len, struct gw_sdp *ret_sdp)
{
    struct gw_rtsp_text rest = { text, len };
    struct gw_rtsp_text line;
    struct gw_sdp_media session = { 0 };
    struct gw_sdp_media broken = { 0 };
    struct gw_sdp_media *at = &session; // whom attributes belong to
    struct gw_sdp sdp = { .count = 0 };
    unsigned seen = 0;

    while (gw_rtsp_text_line(&rest, &line)) {
        if (begins(line, "m=")) {
            struct gw_sdp_media *next =
                sdp.count < GW_SDP_MEDIA_MAX ? &sdp.media[sdp.count] : &broken;
            bool good = !parse_media(behind(line, 2), next);
            sdp.count += good && next != &broken;
            sdp.broken = sdp.broken || !good;
            at = good ? next : &broken;
        } else if (begins(line, "a=")) {
            parse_attribute(behind(line, 2), at);
        }
        seen |= mandatory_line(line);
    }
    sdp.few_lines = seen != (1u << MANDATORY) - 1;
    sdp.control = session.control;
    *ret_sdp = sdp;
}

struct gw_rtsp_text gw_sdp_parameter(struct gw_rtsp_text fmtp, const char *name)
{
    struct gw_rtsp_text part;
    struct gw_rtsp_text key;

    while (gw_rtsp_text_cut(&fmtp, ';', &part)) {
        if (gw_rtsp_text_cut(&part, '=', &key) && gw_rtsp_text_is(key, name))
            return gw_rtsp_text_trim(part);
    }
    return (struct gw_rtsp_text) { 0 };
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

ssize_t gw_sdp_bytes(struct gw_rtsp_text hex, uint8_t *out, size_t cap)
{
    if (hex.len % 2 || hex.len > 2 * cap)
        return -EBADMSG;
    for (size_t i = 0; i < hex.len / 2; i++) {
        int high = hex_digit(hex.s[2 * i]);
        int low = hex_digit(hex.s[2 * i + 1]);
        if (high < 0 || low < 0)
            return -EBADMSG;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return (ssize_t)(hex.len / 2);
}

static uint32_t number_of(struct gw_rtsp_text fmtp, const char *name)
{
    uint32_t value;
    return gw_rtsp_text_number(gw_sdp_parameter(fmtp, name), &value) ? 0 : value;
}

static enum gw_codec video_codec(const struct gw_sdp_media *media)
{
    if (gw_rtsp_text_is(media->codec, "JPEG") ||
        (!media->codec.len && media->payload_type == JPEG_PAYLOAD_TYPE))
        return GW_CODEC_JPEG;
    if (gw_rtsp_text_is(media->codec, "H264"))
        return GW_CODEC_H264;
    // Units out of decoding order (RFC 7798 section 4.1) have fields of their own.
    if (gw_rtsp_text_is(media->codec, "H265") &&
        !number_of(media->fmtp, "sprop-max-don-diff"))
        return GW_CODEC_H265;
    return GW_CODEC_NONE;
}

static enum gw_codec audio_codec(const struct gw_sdp_media *media)
{
    static const struct {
        const char *name;
        int payload_type; // without an rtpmap: RFC 3551 section 6; -1 when there is none
        enum gw_codec codec;
    } known[] = {
        { "MPEG4-GENERIC", -1, GW_CODEC_AAC }, { "MP4A-LATM", -1, GW_CODEC_AAC },
        { "OPUS", -1, GW_CODEC_OPUS },         { "PCMA", 8, GW_CODEC_PCMA },
        { "PCMU", 0, GW_CODEC_PCMU },
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        bool is = media->codec.len ? gw_rtsp_text_is(media->codec, known[i].name)
                                   : media->payload_type == known[i].payload_type;
        if (is)
            return known[i].codec;
    }
    return GW_CODEC_NONE;
}

enum gw_codec gw_sdp_codec(const struct gw_sdp_media *media)
{
    if (gw_rtsp_text_is(media->type, "video"))
        return video_codec(media);
    return gw_rtsp_text_is(media->type, "audio") ? audio_codec(media) : GW_CODEC_NONE;
}

// Adds what a list of base64 texts holds. Quirk 21: it may be missing or empty, or
// have a comma too many.
static void decode_sets(struct gw_writer *w, struct gw_rtsp_text sets)
{
    struct gw_rtsp_text set;
    uint8_t decoded[GW_SDP_PARAMS_MAX];

    while (gw_rtsp_text_cut(&sets, ',', &set)) {
        size_t len;
        if (set.len > sizeof(decoded) || gw_base64_decode(set.s, set.len, decoded, &len))
            continue;
        if (!len || w->cap - w->pos < sizeof(uint32_t) + len)
            continue;
        gw_write_u32(w, (uint32_t)len);
        gw_write_bytes(w, decoded, len);
    }
}

struct gw_buf *gw_sdp_params(const struct gw_sdp_media *media)
{
    static const char *const names[] = { "sprop-parameter-sets", "sprop-vps", "sprop-sps",
                                         "sprop-pps" };
    uint8_t params[GW_SDP_PARAMS_MAX];
    struct gw_writer w = gw_writer_init(params, sizeof(params));

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        decode_sets(&w, gw_sdp_parameter(media->fmtp, names[i]));
    return w.pos ? gw_buf_copy(params, w.pos) : NULL;
}
