// RTSP heads: reads those of a camera, writes requests and answers (RFC 2326 sections
// 6, 7).
//
// Reading makes no copies: everything found points into the head. It takes what
// cameras really send: header names in any case, blanks at the end of lines,
// lines that end in CR or LF alone, values folded over several lines, several
// headers of one name. No I/O, no clock, no allocation.
#ifndef GW_INGEST_RTSP_MESSAGE_H
#define GW_INGEST_RTSP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTSP_REQUEST_MAX = 6 * 1024, // bytes of a request that we send
};

// A run of bytes, borrowed, without a terminating zero. All zero: not there.
struct gw_rtsp_text {
    const char *s;
    size_t len;
};

// Compares with a literal, ignoring case as RTSP does for names.
bool gw_rtsp_text_is(struct gw_rtsp_text text, const char *literal);

// Without blanks (line breaks of a folded value too) at both ends.
struct gw_rtsp_text gw_rtsp_text_trim(struct gw_rtsp_text text);

// A copy with a zero behind it that the caller frees; NULL when out of memory.
char *gw_rtsp_text_copy(struct gw_rtsp_text text);

// Takes the text up to the first `separator` off the front of *rest, trimmed.
// Returns false when *rest is used up.
bool gw_rtsp_text_cut(struct gw_rtsp_text *rest, char separator,
                      struct gw_rtsp_text *ret_part);

// Takes one line off the front of *rest, without its end: CR LF, CR or LF (RFC
// 2326 section 4 asks receivers to accept each). False when *rest is used up.
bool gw_rtsp_text_line(struct gw_rtsp_text *rest, struct gw_rtsp_text *ret_line);

// Reads decimal digits at the front. Returns 0, -EBADMSG without any, or
// -EMSGSIZE above UINT32_MAX.
int gw_rtsp_text_number(struct gw_rtsp_text text, uint32_t *ret_number);

struct gw_rtsp_message {
    bool response;
    uint16_t status;             // of a response: 100..999
    struct gw_rtsp_text method;  // of a request
    struct gw_rtsp_text uri;     // of a request
    struct gw_rtsp_text headers; // all lines after the first
};

// Reads a head of `len` bytes; the blank line at its end may be missing. The
// message borrows it. Returns 0, or -EBADMSG when the first line is none of RTSP.
int gw_rtsp_message_parse(const void *head, size_t len,
                          struct gw_rtsp_message *ret_message);

// Finds the `nth` (from 0) header of that name. A folded value keeps its line
// breaks: they count as blanks. Returns 0, or -ENOENT.
int gw_rtsp_message_header(const struct gw_rtsp_message *message, const char *name,
                           unsigned nth, struct gw_rtsp_text *ret_value);

struct gw_rtsp_request {
    const char *method;
    const char *uri; // without user and password
    uint32_t cseq;
    const char *session;       // or NULL
    const char *authorization; // value of that header, or NULL
    const char *extra;         // further header lines, each with its CRLF, or NULL
};

// Writes a request without a body into `buf`. Returns 0, or -EMSGSIZE when it
// does not fit into `cap` bytes.
int gw_rtsp_request_write(const struct gw_rtsp_request *request, char *buf, size_t cap,
                          size_t *ret_len);

struct gw_rtsp_response {
    const char *status;  // "200 OK"
    const char *session; // or NULL
    const char *extra;   // further header lines, each with its CRLF, or NULL
};

// Writes an answer without a body to `request`, whose CSeq it repeats where there is a
// good one, with a zero behind it. Returns 0, or -EMSGSIZE when it does not fit into
// `cap` bytes.
int gw_rtsp_response_write(const struct gw_rtsp_message *request,
                           const struct gw_rtsp_response *response, char *buf, size_t cap,
                           size_t *ret_len);

#endif
