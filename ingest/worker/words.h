// What libavformat says of an error, kept for the one line that a worker leaves on
// its standard error when it ends. The engine logs it.
#ifndef GW_INGEST_WORKER_WORDS_H
#define GW_INGEST_WORKER_WORDS_H

#include "base/source.h"
#include "base/stream_url.h"

enum { GW_WORDS_MAX = 256 }; // bytes of the line

// Takes libavformat's messages over. Once.
void gw_words_begin(void);

// Writes the line: the cause, what the error means (libavformat's number, 0: none),
// and its last message. Without addresses and without what `url` (or NULL) keeps.
void gw_words_end(enum gw_cause cause, int error, const struct gw_stream_url *url);

#endif
