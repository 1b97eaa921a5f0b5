// What is known about a video source (one camera's main or sub stream), in the
// words that ingest reports, the API answers and the page shows.
#ifndef GW_BASE_SOURCE_H
#define GW_BASE_SOURCE_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum gw_source_state {
    GW_SOURCE_IDLE,       // nobody pulls it; how it fared last is not known
    GW_SOURCE_CONNECTING, // first attempt since somebody wanted it
    GW_SOURCE_WAITING,    // the session stands, no key frame yet
    GW_SOURCE_LIVE,       // access units arrive
    GW_SOURCE_RETRYING,   // it failed and will be tried again
    GW_SOURCE_STATES,
};

// Why a source is not live: each asks a different person to do something.
enum gw_cause {
    GW_CAUSE_NONE,
    GW_CAUSE_BAD_URL,       // no address we can read
    GW_CAUSE_UNRESOLVED,    // the host name has no address
    GW_CAUSE_NO_ROUTE,      // network or host unreachable
    GW_CAUSE_REFUSED,       // nobody listens on that port
    GW_CAUSE_TIMEOUT,       // no answer in time
    GW_CAUSE_PASSWORD,      // 401 with our credentials, or none were given
    GW_CAUSE_FORBIDDEN,     // 403
    GW_CAUSE_NOT_FOUND,     // 404: no such stream on that device
    GW_CAUSE_BUSY,          // 453, 503: the device serves no more sessions
    GW_CAUSE_STATUS,        // another RTSP error status
    GW_CAUSE_NOT_RTSP,      // the peer speaks something else, or garbage
    GW_CAUSE_NO_VIDEO,      // its SDP offers no video
    GW_CAUSE_CODEC,         // video we cannot carry
    GW_CAUSE_STALLED,       // it went silent
    GW_CAUSE_INCOMPLETE,    // packets come, and no picture of them is whole
    GW_CAUSE_UNSIZED,       // MJPEG above 2040 pixels that nothing says the size of
    GW_CAUSE_CLOSED,        // it hung up
    GW_CAUSE_UNREADABLE,    // libavformat finds no stream in what comes
    GW_CAUSE_FILES,         // a file outside of the directory that files may lie in
    GW_CAUSE_WORKER,        // its worker process crashed or could not be started
    GW_CAUSE_NOT_PUSHED,    // a source that pushes to us does not send
    GW_CAUSE_TRANSPORT,     // 461: media neither by TCP nor by UDP
    GW_CAUSE_REDIRECT,      // it sends us elsewhere too often, or where we do not go
    GW_CAUSE_UDP_SILENT,    // it plays by UDP, and nothing arrives
    GW_CAUSE_TLS,           // RTSPS: the peer speaks no TLS that we do
    GW_CAUSE_TLS_UNTRUSTED, // its certificate is nobody's whom we believe
    GW_CAUSE_TLS_NAME,      // its certificate is another host's
    GW_CAUSE_TLS_EXPIRED,   // its certificate is over, or not valid yet
    GW_CAUSE_OUR_LIMIT,     // over one of our own bounds, or out of memory
    GW_CAUSES,
};

// Stable identifiers for APIs, metrics and logs: "live", "wrong_password".
const char *gw_source_state_name(enum gw_source_state state);
const char *gw_cause_name(enum gw_cause cause);

// One sentence for an operator: what happened and what to do about it.
struct gw_text gw_cause_text(enum gw_cause cause);

// Nobody but a person with the right key makes it go away: asking often only gets our
// user locked out.
bool gw_cause_is_lasting(enum gw_cause cause);

// A camera with this long between two key frames or longer has a "smart" codec: its
// GOPs may be too long to be cached, and who joins then waits as long.
enum { GW_SOURCE_LONG_GOP_US = 5 * 1000 * 1000 };

// A snapshot of one source; plain data, copied between threads.
struct gw_source_status {
    uint32_t stream; // engine-wide number of the camera's stream
    enum gw_source_state state;
    enum gw_cause cause;      // why it is RETRYING; NONE otherwise
    uint32_t attempt;         // connection attempts since it was last LIVE
    uint16_t rtsp_status;     // with CAUSE_STATUS, else 0
    uint64_t since_us;        // when this state began, gw_clock_now_us()
    uint64_t retry_at_us;     // RETRYING: when the next attempt is due, else 0
    uint64_t key_interval_us; // between its last two key frames; 0: not known
};

#endif
