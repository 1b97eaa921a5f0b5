// What a camera did that the standard does not allow, or leaves to chance, and that was
// put up with: docs/cameras.md has a case for each. A set of them is one word, so that
// noting costs nothing. Only what is seen in passing is noted: a camera without notes is
// not proved to be in order.
#ifndef GW_INGEST_TOLERANCE_H
#define GW_INGEST_TOLERANCE_H

#include "base/text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

// Numbers are the cases of docs/cameras.md.
enum gw_tolerance {
    // Of its answers.
    GW_TOLERATED_NO_OPTIONS,      // it does not know OPTIONS
    GW_TOLERATED_NONCE,           // 3: a new one without a word, after a good password
    GW_TOLERATED_CONTENT_BASE,    // 10: without a scheme
    GW_TOLERATED_NO_CONTENT_TYPE, // 12: of its description
    GW_TOLERATED_HEADER_BLANKS,   // 15: behind headers, or a header over several lines
    GW_TOLERATED_LINE_ENDS,       // 19: CR or LF alone
    GW_TOLERATED_NO_CSEQ,         // in an answer
    GW_TOLERATED_STRAY,           // messages that answer nothing, or ask something

    // Of its description.
    GW_TOLERATED_NO_CONTROL,   // 12: of the session
    GW_TOLERATED_FEW_LINES,    // 12, 13: lines that each description must have
    GW_TOLERATED_BROKEN_MEDIA, // 14: beside the video
    GW_TOLERATED_NO_PARAMS,    // 21: no parameter sets that can be read
    GW_TOLERATED_BAD_PARAMS,   // 21: some that are incomplete or wrong
    GW_TOLERATED_CLOCK_RATE,   // of 0

    // Of how media are set up and played.
    GW_TOLERATED_TRANSPORT_BLANKS, // 16: between the parameters
    GW_TOLERATED_NO_TRANSPORT,     // it does not say how media come
    GW_TOLERATED_OTHER_TRANSPORT,  // it refused the one it was asked for first
    GW_TOLERATED_NO_SESSION,       // it gives no session id
    GW_TOLERATED_SESSION_CHANGED,  // 18: from one SETUP to the next
    GW_TOLERATED_RTP_INFO,         // 17: of no use
    GW_TOLERATED_KEEP_ALIVE,       // 7: GET_PARAMETER refused: OPTIONS instead
    GW_TOLERATED_SILENT_ALIVE,     // 5, 8: no keep-alive is answered
    GW_TOLERATED_UNSAID_ALIVE,     // 6: GET_PARAMETER works without being advertised
    GW_TOLERATED_SHORT_SESSION,    // 9: it ends soon without a word of ours
    GW_TOLERATED_BYE,              // it says BYE and goes on

    // Of its packets.
    GW_TOLERATED_CHANNELS,       // 23: other ones than were asked for
    GW_TOLERATED_OTHER_CHANNELS, // 25: packets of channels that are nobody's
    GW_TOLERATED_GARBAGE,        // 24: between units
    GW_TOLERATED_EARLY_MEDIA,    // 25: ahead of the answer to PLAY
    GW_TOLERATED_OTHER_PAYLOAD,  // 27: another payload type between the video's
    GW_TOLERATED_MALFORMED,      // 29: that end too early

    // Of its pictures.
    GW_TOLERATED_START_CODES, // 22: inside RTP, or in the description
    GW_TOLERATED_FRAGMENTS,   // 27: empty ones, or of a type that changes
    GW_TOLERATED_MARKER,      // 27: in the midst of a picture
    GW_TOLERATED_NO_MARKER,   // at the end of one
    GW_TOLERATED_TIMES,       // 30, 31: timestamps that jump
    GW_TOLERANCES,
};

// A bit for each.
typedef uint64_t gw_tolerances;
static_assert(GW_TOLERANCES <= 64, "a bit for each");

static inline gw_tolerances gw_tolerance_bit(enum gw_tolerance t)
{
    return (gw_tolerances)1 << t;
}

static inline void gw_tolerance_note(gw_tolerances *set, enum gw_tolerance t, bool seen)
{
    if (seen)
        *set |= gw_tolerance_bit(t);
}

// A stable identifier for scripts: "content_base".
const char *gw_tolerance_name(enum gw_tolerance t);

// What the camera does and what it costs, a sentence for an operator.
struct gw_text gw_tolerance_text(enum gw_tolerance t);

#endif
