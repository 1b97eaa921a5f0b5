// What a camera did that the standard does not allow, or leaves to chance, and that was
// put up with: docs/cameras.md has a case for each. A set of them is one word, so that
// noting costs nothing. Only what is seen in passing is noted: a camera without notes is
// not proved to be in order.
#ifndef GW_INGEST_TOLERANCE_H
#define GW_INGEST_TOLERANCE_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum gw_tolerance {
    GW_TOLERATED_KEEP_ALIVE,      // GET_PARAMETER refused: OPTIONS instead
    GW_TOLERATED_CONTENT_BASE,    // without a scheme
    GW_TOLERATED_NO_CONTENT_TYPE, // of its description
    GW_TOLERATED_NO_CONTROL,      // of the session
    GW_TOLERATED_SESSION_CHANGED, // from one SETUP to the next
    GW_TOLERATED_LINE_ENDS,       // CR or LF alone
    GW_TOLERATED_NO_CSEQ,         // in an answer
    GW_TOLERATED_NO_PARAMS,       // no parameter sets in the description
    GW_TOLERATED_CHANNELS,        // other ones than were asked for
    GW_TOLERATED_GARBAGE,         // between units
    GW_TOLERATED_EARLY_MEDIA,     // packets ahead of the answer to PLAY
    GW_TOLERATED_OTHER_PAYLOAD,   // another payload type between the video's
    GW_TOLERATED_MALFORMED,       // packets that end too early
    GW_TOLERATED_OTHER_TRANSPORT, // it refused the one it was asked for first
    GW_TOLERANCES,
};

// A bit for each.
typedef uint32_t gw_tolerances;

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

// The case of docs/cameras.md; 0: it has none there.
unsigned gw_tolerance_quirk(enum gw_tolerance t);

// What the camera does and what it costs, a sentence for an operator.
struct gw_text gw_tolerance_text(enum gw_tolerance t);

#endif
