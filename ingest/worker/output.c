#include "ingest/worker/output.h"

#include "ingest/worker/input.h"

#include <errno.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    // Of RTP. Nothing is lost between us: fewer and larger ones than a network takes.
    PACKET_BYTES = 16 * 1024,
    FRAMING_BYTES = 4,             // '$', channel, length: RFC 2326 section 10.12
    BATCH_BYTES = 128 * 1024,      // packets of an access unit leave together
    ANSWER_BYTES = 2048,           // the engine's are shorter
    DESCRIPTION_BYTES = 16 * 1024, // parameter sets in base64 included
};

enum { MEDIA = 2 }; // the video, and a sound

static const AVRational TICK = { 1, 90000 };
static const char PLACE[] = "rtsp://engine/source";

struct medium {
    struct gw_output *out;
    uint8_t channel; // of its RTP
    AVFormatContext *rtp;
    bool begun; // its header is written
};

struct gw_output {
    int fd;
    struct medium media[MEDIA]; // by enum gw_input_medium
    int count;                  // of those that are sent
    unsigned cseq;
    int error; // of the socket; it stays
    size_t len;
    uint8_t batch[BATCH_BYTES];
};

static int send_all(struct gw_output *out, const void *data, size_t len)
{
    const uint8_t *at = data;

    while (len && !out->error) {
        ssize_t n = send(out->fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            out->error = -errno;
        } else if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    return out->error;
}

static int flush(struct gw_output *out)
{
    size_t len = out->len;
    out->len = 0;
    return send_all(out, out->batch, len);
}

// One packet of a medium's RTP muxer.
static int on_rtp(void *arg, uint8_t *data, int len)
{
    const struct medium *m = arg;
    struct gw_output *out = m->out;

    if (out->len + FRAMING_BYTES + (size_t)len > sizeof(out->batch) && flush(out))
        return AVERROR(EPIPE);
    uint8_t *to = out->batch + out->len;
    to[0] = '$';
    to[1] = m->channel;
    to[2] = (uint8_t)(len >> 8);
    to[3] = (uint8_t)len;
    memcpy(to + FRAMING_BYTES, data, (size_t)len);
    out->len += FRAMING_BYTES + (size_t)len;
    return len;
}

// Reads up to the blank line: the engine's answers have no bodies, and it says nothing
// unasked.
static int read_answer(struct gw_output *out, char answer[ANSWER_BYTES])
{
    size_t len = 0;

    answer[0] = '\0';
    while (!strstr(answer, "\r\n\r\n")) {
        if (len + 1 == ANSWER_BYTES)
            return -EMSGSIZE;
        ssize_t n = recv(out->fd, answer + len, ANSWER_BYTES - 1 - len, 0);
        if (n == 0)
            return -EPIPE;
        if (n < 0 && errno != EINTR)
            return -errno;
        len += n > 0 ? (size_t)n : 0;
        answer[len] = '\0';
    }
    return 0;
}

// `extra` are further header lines, each with its CRLF.
static int ask(struct gw_output *out, const char *method, const char *track,
               const char *extra, const char *body)
{
    char text[DESCRIPTION_BYTES + 512];
    char answer[ANSWER_BYTES];

    int len = snprintf(text, sizeof(text),
                       "%s %s%s RTSP/1.0\r\nCSeq: %u\r\n%sContent-Length: %zu\r\n\r\n%s",
                       method, PLACE, track, ++out->cseq, extra, strlen(body), body);
    if (len < 0 || (size_t)len >= sizeof(text))
        return -EMSGSIZE;
    int r = send_all(out, text, (size_t)len);
    if (!r)
        r = read_answer(out, answer);
    if (!r && strncmp(answer, "RTSP/1.0 200", strlen("RTSP/1.0 200")) != 0)
        r = -EPROTO;
    return r;
}

// As av_sdp_create() calls the streams.
static int set_up(struct gw_output *out, int i)
{
    char transport[96];
    char track[16];

    snprintf(track, sizeof(track), "/streamid=%d", i);
    snprintf(transport, sizeof(transport),
             "Transport: RTP/AVP/TCP;unicast;interleaved=%d-%d;mode=record\r\n", 2 * i,
             2 * i + 1);
    return ask(out, "SETUP", track, transport, "");
}

static int announce(struct gw_output *out)
{
    char description[DESCRIPTION_BYTES];
    AVFormatContext *media[MEDIA];

    for (int i = 0; i < out->count; i++)
        media[i] = out->media[i].rtp;
    if (av_sdp_create(media, out->count, description, sizeof(description)) < 0)
        return -EBADMSG;
    int r = ask(out, "ANNOUNCE", "", "Content-Type: application/sdp\r\n", description);
    if (!r)
        r = set_up(out, GW_INPUT_VIDEO);
    if (!r && out->count == MEDIA && set_up(out, GW_INPUT_AUDIO) == -EPROTO)
        out->count = 1; // the engine has no use for it
    if (!r)
        r = ask(out, "RECORD", "", "", "");
    return r;
}

static int open_io(struct medium *m)
{
    uint8_t *buffer = av_malloc(PACKET_BYTES);
    if (buffer)
        m->rtp->pb = avio_alloc_context(buffer, PACKET_BYTES, 1, m, NULL, on_rtp, NULL);
    if (!m->rtp->pb) {
        av_free(buffer);
        return AVERROR(ENOMEM);
    }
    m->rtp->pb->max_packet_size = PACKET_BYTES;
    return 0;
}

// No sender reports: they would claim that a picture was taken when it came by here.
static int begin(struct medium *m)
{
    AVDictionary *options = NULL;
    int r = av_dict_set(&options, "rtpflags", "skip_rtcp", 0);
    if (r >= 0)
        r = avformat_write_header(m->rtp, &options);
    av_dict_free(&options);
    m->begun = r >= 0;
    return r;
}

static int open_rtp(struct medium *m, const AVCodecParameters *coded)
{
    int r = avformat_alloc_output_context2(&m->rtp, NULL, "rtp", NULL);
    if (r < 0)
        return r;
    AVStream *stream = avformat_new_stream(m->rtp, NULL);
    if (!stream)
        return AVERROR(ENOMEM);
    r = avcodec_parameters_copy(stream->codecpar, coded);
    if (r < 0)
        return r;
    stream->codecpar->codec_tag = 0;
    m->rtp->max_delay = 0;    // no frame of a sound waits for others to fill its packet
    stream->time_base = TICK; // a sound's muxer changes it to samples
    r = open_io(m);
    return r < 0 ? r : begin(m);
}

static void close_rtp(struct medium *m)
{
    if (m->begun)
        (void)av_write_trailer(m->rtp); // it frees what the header took
    if (m->rtp && m->rtp->pb)
        av_freep(&m->rtp->pb->buffer);
    if (m->rtp)
        avio_context_free(&m->rtp->pb);
    avformat_free_context(m->rtp);
}

int gw_output_open(int fd, const AVCodecParameters *video, const AVCodecParameters *audio,
                   struct gw_output **ret_output)
{
    const AVCodecParameters *const coded[MEDIA] = { video, audio };
    struct gw_output *out = calloc(1, sizeof(*out));
    int r = 0;

    if (!out)
        return -ENOMEM;
    out->fd = fd;
    out->count = audio ? MEDIA : 1;
    for (int i = 0; i < out->count && r >= 0; i++) {
        out->media[i].out = out;
        out->media[i].channel = (uint8_t)(2 * i);
        r = open_rtp(&out->media[i], coded[i]);
    }
    r = r < 0 ? -EBADMSG : announce(out);
    if (r) {
        gw_output_close(out); // takes a half-opened one
        return r;
    }
    *ret_output = out;
    return 0;
}

void gw_output_close(struct gw_output *out)
{
    if (!out)
        return;
    for (int i = 0; i < MEDIA; i++)
        close_rtp(&out->media[i]);
    free(out);
}

int gw_output_write(struct gw_output *out, AVPacket *packet)
{
    int medium = packet->stream_index;
    if (medium >= out->count)
        return 0;
    AVFormatContext *rtp = out->media[medium].rtp;
    packet->stream_index = 0;
    av_packet_rescale_ts(packet, TICK, rtp->streams[0]->time_base);
    int r = av_write_frame(rtp, packet);
    if (out->error)
        return out->error;
    // A sound that cannot be sent does not end the pictures.
    return r < 0 && medium == GW_INPUT_VIDEO ? -EBADMSG : flush(out);
}
