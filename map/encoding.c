#include "map/encoding.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "map/utf8.h"

// ---- the guess ----

static void end_line(struct gw_encoding_guess *g)
{
    if (g->beyond_ascii && !g->too_long) {
        if (gw_is_utf8(g->line, g->len))
            g->utf8++;
        else
            g->other++;
    }
    g->len = 0;
    g->too_long = false;
    g->beyond_ascii = false;
}

// A line end is the same byte in UTF-8 and GB18030, and never part of a character.
void gw_encoding_guess_feed(struct gw_encoding_guess *g, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (g->mark_len < sizeof(g->mark))
            g->mark[g->mark_len++] = (uint8_t)data[i];
        if (data[i] == '\n' || data[i] == '\r') {
            end_line(g);
            continue;
        }
        if ((uint8_t)data[i] >= 0x80)
            g->beyond_ascii = true;
        if (g->len < GW_ENCODING_LINE_MAX)
            g->line[g->len++] = data[i];
        else
            g->too_long = true;
    }
}

enum gw_encoding gw_encoding_guess_end(struct gw_encoding_guess *g)
{
    end_line(g);
    if (g->mark_len >= 2 && memcmp(g->mark, "\xff\xfe", 2) == 0)
        return GW_ENCODING_UTF16LE;
    if (g->mark_len >= 2 && memcmp(g->mark, "\xfe\xff", 2) == 0)
        return GW_ENCODING_UTF16BE;
    if (g->mark_len == 3 && memcmp(g->mark, "\xef\xbb\xbf", 3) == 0)
        return GW_ENCODING_UTF8;
    return g->other > g->utf8 ? GW_ENCODING_GB18030 : GW_ENCODING_UTF8;
}

// ---- the decoder ----

enum {
    PIECE = 4096,      // bytes of UTF-8 that the sink gets at once
    CHARACTER_MAX = 8, // bytes of a character in any encoding, and more
};

struct gw_decoder {
    gw_decoder_sink sink;
    void *arg;
    int stopped;       // what the sink returned
    iconv_t converter; // (iconv_t)-1: the text is UTF-8 already
    size_t unit;       // bytes that a bad character takes away
    char rest[CHARACTER_MAX];
    size_t rest_len; // bytes of a character whose end has not come
    char out[PIECE];
    size_t out_len;
};

struct gw_decoder *gw_decoder_create(enum gw_encoding from, gw_decoder_sink sink,
                                     void *arg)
{
    static const char *const names[] = {
        [GW_ENCODING_GB18030] = "GB18030",
        [GW_ENCODING_UTF16LE] = "UTF-16LE",
        [GW_ENCODING_UTF16BE] = "UTF-16BE",
    };
    struct gw_decoder *d = calloc(1, sizeof(*d));
    if (!d)
        return NULL;
    d->sink = sink;
    d->arg = arg;
    d->converter = (iconv_t)-1;
    d->unit = from == GW_ENCODING_UTF16LE || from == GW_ENCODING_UTF16BE ? 2 : 1;
    if (from == GW_ENCODING_UTF8)
        return d;
    d->converter = iconv_open("UTF-8", names[from]);
    if (d->converter == (iconv_t)-1) {
        free(d);
        return NULL;
    }
    return d;
}

void gw_decoder_destroy(struct gw_decoder *d)
{
    if (!d)
        return;
    if (d->converter != (iconv_t)-1)
        iconv_close(d->converter);
    free(d);
}

static void flush(struct gw_decoder *d)
{
    if (d->out_len > 0 && !d->stopped)
        d->stopped = d->sink(d->arg, d->out, d->out_len);
    d->out_len = 0;
}

static void put_bad_byte(struct gw_decoder *d)
{
    if (d->out_len == PIECE)
        flush(d);
    d->out[d->out_len++] = '\xff';
}

// Converts what is whole of `data`. Returns how much of it that was.
static size_t convert(struct gw_decoder *d, char *data, size_t len)
{
    char *in = data;
    size_t left = len;

    while (left > 0 && !d->stopped) {
        char *out = d->out + d->out_len;
        size_t room = PIECE - d->out_len;
        size_t r = iconv(d->converter, &in, &left, &out, &room);
        d->out_len = PIECE - room;
        if (r != (size_t)-1)
            break;
        if (errno == EINVAL)
            break; // cut within a character
        if (errno == E2BIG) {
            flush(d);
            continue;
        }
        put_bad_byte(d);
        in += d->unit; // iconv had a whole one to judge
        left -= d->unit;
    }
    return len - left;
}

// The character that the last piece was cut in.
static size_t finish_character(struct gw_decoder *d, const char *data, size_t len)
{
    size_t had = d->rest_len;
    size_t more = CHARACTER_MAX - had < len ? CHARACTER_MAX - had : len;
    memcpy(d->rest + had, data, more);
    size_t used = convert(d, d->rest, had + more);
    if (used >= had) {
        d->rest_len = 0;
        return used - had;
    }
    // Still not whole, or more than one of its bytes were bad.
    memmove(d->rest, d->rest + used, had + more - used);
    d->rest_len = had + more - used;
    return more;
}

int gw_decoder_feed(struct gw_decoder *d, const char *data, size_t len)
{
    if (d->converter == (iconv_t)-1 && !d->stopped)
        d->stopped = d->sink(d->arg, data, len);
    if (d->converter == (iconv_t)-1)
        return d->stopped;

    while (len > 0 && !d->stopped) {
        size_t used;
        if (d->rest_len > 0) {
            used = finish_character(d, data, len);
        } else {
            used = convert(d, (char *)data, len);
            if (used == 0) {
                assert(len < CHARACTER_MAX);
                memcpy(d->rest, data, len);
                d->rest_len = len;
                used = len;
            }
        }
        data += used;
        len -= used;
    }
    flush(d);
    return d->stopped;
}

int gw_decoder_end(struct gw_decoder *d)
{
    for (size_t i = 0; i < d->rest_len; i++)
        put_bad_byte(d);
    d->rest_len = 0;
    flush(d);
    return d->stopped;
}
