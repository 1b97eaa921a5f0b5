#include "ingest/rtsp_answer.h"

#include "base/stream_url.h"
#include "ingest/rtsp_url.h"
#include "ingest/sdp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { URI_MAX = GW_STREAM_URL_MAX + 1 };

enum gw_cause gw_rtsp_status_cause(unsigned status)
{
    switch (status) {
    case 403: return GW_CAUSE_FORBIDDEN;
    case 404: return GW_CAUSE_NOT_FOUND;
    case 461: return GW_CAUSE_TRANSPORT;
    case 453: // not enough bandwidth, which cameras say for "too many sessions"
    case 503: return GW_CAUSE_BUSY;
    default: return GW_CAUSE_STATUS;
    }
}

static enum gw_cause cause_of(int error)
{
    if (!error)
        return GW_CAUSE_NONE;
    return error == -EBADMSG ? GW_CAUSE_NOT_RTSP : GW_CAUSE_OUR_LIMIT;
}

// The URL that controls are relative to: RFC 2326 appendix C.1.1. One without a
// scheme (quirk 10, Anjvision) is no better than ours.
static struct gw_rtsp_text base_of(const struct gw_rtsp_message *answer, const char *uri)
{
    static const char *const names[] = { "Content-Base", "Content-Location" };
    struct gw_rtsp_text base;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!gw_rtsp_message_header(answer, names[i], 0, &base) && base.len > 7 &&
            !strncasecmp(base.s, "rtsp://", 7))
            return base;
    }
    return (struct gw_rtsp_text) { uri, strlen(uri) };
}

static int resolve(struct gw_rtsp_text base, struct gw_rtsp_text control, char **ret_uri)
{
    char uri[URI_MAX];
    int r =
        gw_rtsp_url_resolve(base.s, base.len, control.s, control.len, uri, sizeof(uri));
    if (r)
        return r;
    char *copy = strdup(uri);
    if (!copy)
        return -ENOMEM;
    *ret_uri = copy;
    return 0;
}

// The first usable medium of that kind, else the first one, else NULL.
static const struct gw_sdp_media *choose(const struct gw_sdp *sdp,
                                         enum gw_media_kind kind)
{
    const char *type = kind == GW_MEDIA_VIDEO ? "video" : "audio";
    const struct gw_sdp_media *first = NULL;

    for (size_t i = 0; i < sdp->count; i++) {
        const struct gw_sdp_media *media = &sdp->media[i];
        if (!gw_rtsp_text_is(media->type, type))
            continue;
        if (gw_sdp_codec(media))
            return media;
        if (!first)
            first = media;
    }
    return first;
}

static void finish_medium(struct gw_rtsp_medium *m)
{
    gw_buf_unref(&m->format.params);
    free((char *)m->format.fmtp);
    free(m->uri);
    *m = (struct gw_rtsp_medium) { 0 };
}

// Adds a medium. Returns 0 or -errno; then it was not added.
static int add_medium(struct gw_rtsp_description *d, struct gw_rtsp_text base,
                      const struct gw_sdp_media *media, enum gw_media_kind kind)
{
    struct gw_rtsp_medium *m = &d->media[d->count];
    int r = resolve(base, media->control, &m->uri);
    if (r)
        return r;
    m->format = (struct gw_media_format) {
        .kind = kind,
        .codec = gw_sdp_codec(media),
        .payload_type = media->payload_type,
        .clock_rate = media->clock_rate,
        .channels = media->channels,
        .latm = gw_rtsp_text_is(media->codec, "MP4A-LATM"),
        .width_px = media->width_px,
        .height_px = media->height_px,
        .fmtp = gw_rtsp_text_copy(media->fmtp),
    };
    if (!m->format.fmtp) {
        finish_medium(m);
        return -ENOMEM;
    }
    m->format.params = gw_sdp_params(media);
    d->count++;
    return 0;
}

static void add_audio(struct gw_rtsp_description *d, struct gw_rtsp_text base,
                      const struct gw_sdp *sdp)
{
    const struct gw_sdp_media *audio = choose(sdp, GW_MEDIA_AUDIO);

    if (audio && gw_sdp_codec(audio))
        (void)add_medium(d, base, audio, GW_MEDIA_AUDIO); // it never costs the video
}

static void note_tolerances(gw_tolerances *set, const struct gw_sdp *sdp,
                            const struct gw_sdp_media *video)
{
    gw_tolerance_note(set, GW_TOLERATED_NO_CONTROL, sdp->control.len == 0);
    gw_tolerance_note(set, GW_TOLERATED_FEW_LINES, sdp->few_lines);
    gw_tolerance_note(set, GW_TOLERATED_BROKEN_MEDIA, sdp->broken);
    // Only JPEG has a payload type that says its clock rate: RFC 3551 section 6.
    gw_tolerance_note(set, GW_TOLERATED_CLOCK_RATE,
                      !video->clock_rate && gw_sdp_codec(video) != GW_CODEC_JPEG);
}

enum gw_cause gw_rtsp_describe(const struct gw_rtsp_message *answer,
                               struct gw_rtsp_text body, const char *uri, bool audio,
                               struct gw_rtsp_description *ret_description)
{
    struct gw_rtsp_description d = { 0 };
    struct gw_sdp sdp;
    gw_sdp_parse(body.s, body.len, &sdp);

    const struct gw_sdp_media *video = choose(&sdp, GW_MEDIA_VIDEO);
    if (!video)
        return GW_CAUSE_NO_VIDEO;
    if (!gw_sdp_codec(video))
        return GW_CAUSE_CODEC;

    struct gw_rtsp_text base = base_of(answer, uri);
    note_tolerances(&d.tolerated, &sdp, video);
    int r = resolve(base, sdp.control, &d.session_uri);
    if (!r)
        r = add_medium(&d, base, video, GW_MEDIA_VIDEO);
    if (r) {
        gw_rtsp_description_finish(&d);
        return cause_of(r);
    }
    if (audio)
        add_audio(&d, base, &sdp);
    *ret_description = d;
    return GW_CAUSE_NONE;
}

void gw_rtsp_description_finish(struct gw_rtsp_description *d)
{
    for (size_t i = 0; i < GW_MEDIA_KINDS; i++)
        finish_medium(&d->media[i]);
    free(d->session_uri);
}

// Copies an id. Returns 0, -EBADMSG, -EMSGSIZE or -ENOMEM.
static int copy_id(struct gw_rtsp_text id, char **ret_session)
{
    if (id.len > GW_RTSP_SESSION_ID_MAX)
        return -EMSGSIZE;
    for (size_t i = 0; i < id.len; i++) {
        if ((unsigned char)id.s[i] <= ' ')
            return -EBADMSG; // it goes into headers of ours
    }
    char *session = gw_rtsp_text_copy(id);
    if (!session)
        return -ENOMEM;
    *ret_session = session;
    return 0;
}

// "id;timeout=60".
static int read_session(const struct gw_rtsp_message *answer,
                        struct gw_rtsp_setup_answer *setup)
{
    struct gw_rtsp_text value;
    struct gw_rtsp_text id;
    struct gw_rtsp_text part;
    struct gw_rtsp_text key;

    if (gw_rtsp_message_header(answer, "Session", 0, &value) ||
        !gw_rtsp_text_cut(&value, ';', &id) || !id.len)
        return 0;
    while (gw_rtsp_text_cut(&value, ';', &part)) {
        uint32_t timeout_s;
        if (gw_rtsp_text_cut(&part, '=', &key) && gw_rtsp_text_is(key, "timeout") &&
            !gw_rtsp_text_number(gw_rtsp_text_trim(part), &timeout_s) && timeout_s)
            setup->timeout_s = timeout_s;
    }
    return copy_id(id, &setup->session);
}

// The camera's word counts, not what we asked for (quirk 23).
static struct gw_rtsp_transport transport_of(const struct gw_rtsp_message *answer)
{
    struct gw_rtsp_text value = { 0 };

    (void)gw_rtsp_message_header(answer, "Transport", 0, &value);
    return gw_rtsp_transport_parse(value);
}

enum gw_cause gw_rtsp_setup_answer(const struct gw_rtsp_message *answer,
                                   struct gw_rtsp_setup_answer *ret_setup)
{
    struct gw_rtsp_setup_answer setup = {
        .timeout_s = GW_RTSP_SESSION_TIMEOUT_S,
        .transport = transport_of(answer),
    };
    int r = read_session(answer, &setup);
    if (r)
        return cause_of(r);
    *ret_setup = setup;
    return GW_CAUSE_NONE;
}

void gw_rtsp_setup_answer_finish(struct gw_rtsp_setup_answer *s)
{
    free(s->session);
}
