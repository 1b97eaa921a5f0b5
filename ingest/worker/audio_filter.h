// The sound of a source in the one form in which it goes to the engine: AAC as raw
// access units, its AudioSpecificConfig known ahead of them; Opus and G.711 as they are.
#ifndef GW_INGEST_WORKER_AUDIO_FILTER_H
#define GW_INGEST_WORKER_AUDIO_FILTER_H

#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <stdbool.h>

// Whether the engine takes such a sound.
bool gw_audio_filter_takes(const AVCodecParameters *audio);

// Returns 0 with a filter for the packets of `audio` that the caller frees, or
// libavformat's error. Its par_out says what comes out of it.
int gw_audio_filter_open(const AVStream *audio, AVBSFContext **ret_filter);

#endif
