// Properties: where a text is cut changes neither the guess nor what comes out of the
// decoder; and what iconv took for characters is UTF-8: once the marks of bad bytes are
// out, all of it. The first byte picks the cut, the second the encoding.
#include "map/encoding.h"
#include "map/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char *bytes;
    size_t len;
};

static int on_text(void *arg, const char *text, size_t len)
{
    struct text *t = arg;
    t->bytes = realloc(t->bytes, t->len + len + 1);
    if (!t->bytes)
        abort();
    memcpy(t->bytes + t->len, text, len);
    t->len += len;
    return 0;
}

static struct text decode(enum gw_encoding from, const char *data, size_t len,
                          size_t chunk)
{
    struct text t = { 0 };
    struct gw_decoder *d = gw_decoder_create(from, on_text, &t);
    if (!d)
        abort();
    for (size_t at = 0; at < len; at += chunk)
        gw_decoder_feed(d, data + at, len - at < chunk ? len - at : chunk);
    gw_decoder_end(d);
    gw_decoder_destroy(d);
    return t;
}

static enum gw_encoding guess(const char *data, size_t len, size_t chunk)
{
    struct gw_encoding_guess *g = calloc(1, sizeof(*g));
    if (!g)
        abort();
    for (size_t at = 0; at < len; at += chunk)
        gw_encoding_guess_feed(g, data + at, len - at < chunk ? len - at : chunk);
    enum gw_encoding encoding = gw_encoding_guess_end(g);
    free(g);
    return encoding;
}

static void check_utf8(struct text *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->len; i++)
        if (t->bytes[i] != '\xff')
            t->bytes[kept++] = t->bytes[i];
    if (kept > 0 && !gw_is_utf8(t->bytes, kept))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    const char *file = (const char *)data + 2;
    size_t len = size - 2;
    size_t chunk = (size_t)data[0] + 1;
    enum gw_encoding from = (enum gw_encoding)(data[1] % (GW_ENCODING_UTF16BE + 1));

    if (guess(file, len, len) != guess(file, len, chunk))
        abort();
    struct text whole = decode(from, file, len, len);
    struct text cut = decode(from, file, len, chunk);
    if (whole.len != cut.len || (whole.len && memcmp(whole.bytes, cut.bytes, whole.len)))
        abort();
    if (from != GW_ENCODING_UTF8)
        check_utf8(&whole);
    free(whole.bytes);
    free(cut.bytes);
    return 0;
}
