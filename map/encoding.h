// How the characters of a spreadsheet's text are coded: guessed from its bytes, and
// turned into UTF-8. Bytes in, bytes out; no I/O. The conversions are iconv's.
#ifndef GW_MAP_ENCODING_H
#define GW_MAP_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gw_encoding {
    GW_ENCODING_UTF8,
    GW_ENCODING_GB18030, // with GBK and GB 2312, which are parts of it
    GW_ENCODING_UTF16LE, // "Unicode text" of a spreadsheet program
    GW_ENCODING_UTF16BE,
};

enum { GW_ENCODING_LINE_MAX = 64 * 1024 }; // bytes of a line that are looked at

// The guess. Zero-initialised; a byte order mark decides, otherwise the lines that are
// not plain ASCII: those that are UTF-8 against those that are not. One broken line
// amid good ones so stays what it is, a broken line.
struct gw_encoding_guess {
    uint8_t mark[3];
    size_t mark_len;
    size_t utf8;  // lines beyond ASCII that are UTF-8
    size_t other; // and that are not
    size_t len;
    bool too_long;
    bool beyond_ascii;
    char line[GW_ENCODING_LINE_MAX];
};

void gw_encoding_guess_feed(struct gw_encoding_guess *g, const char *data, size_t len);

// What it is, by all that was fed; the end of the text is the end of its last line.
enum gw_encoding gw_encoding_guess_end(struct gw_encoding_guess *g);

struct gw_decoder;

// Where UTF-8 goes. Returns 0 to go on; anything else stops the decoder for good and
// is handed on.
typedef int (*gw_decoder_sink)(void *arg, const char *text, size_t len);

// Bytes that are no character become the byte 0xff, which is none in UTF-8 either: who
// reads the text can say where. UTF-8 comes out as it is. Returns NULL when out of
// memory, or where the C library does not know the encoding.
struct gw_decoder *gw_decoder_create(enum gw_encoding from, gw_decoder_sink sink,
                                     void *arg);

// NULL is allowed.
void gw_decoder_destroy(struct gw_decoder *d);

// Decodes `len` more bytes; where the text is cut makes no difference. Returns 0 or
// what the sink returned.
int gw_decoder_feed(struct gw_decoder *d, const char *data, size_t len);

// The text ends here. Likewise.
int gw_decoder_end(struct gw_decoder *d);

#endif
