// A source as libavformat opens it: one video and, where the order says so, the sound
// beside it, packet by packet. Blocks; every wait
// has a bound. One thread.
#ifndef GW_INGEST_WORKER_INPUT_H
#define GW_INGEST_WORKER_INPUT_H

#include "base/source.h"
#include "base/stream_url.h"
#include "ingest/worker/order.h"

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>
#include <stdbool.h>

struct gw_input;

// AVPacket.stream_index of what is read.
enum gw_input_medium { GW_INPUT_VIDEO, GW_INPUT_AUDIO };

// Returns GW_CAUSE_NONE with an input that the caller owns, or why there is none; then
// *ret_error is libavformat's number for it, or 0. `url` is what order->url says; both
// are borrowed for the call.
enum gw_cause gw_input_open(const struct gw_worker_order *order,
                            const struct gw_stream_url *url, struct gw_input **ret_input,
                            int *ret_error);

// NULL is allowed.
void gw_input_close(struct gw_input *in);

// What the video is; parameter sets are in Annex B form. Borrowed.
const AVCodecParameters *gw_input_video(const struct gw_input *in);

// What the sound is; NULL: there is none. Borrowed.
const AVCodecParameters *gw_input_audio(const struct gw_input *in);

// Does it come faster than its times say?
bool gw_input_is_recorded(const struct gw_input *in);

// The next packet of the video (Annex B, with parameter sets in front of key frames) or
// of the sound, times in ticks of 90 kHz. A file begins again at its end, which
// *ret_restarted says. Returns 0 with a reference in `packet` for the caller to drop, or
// libavformat's error: the source ended, failed, or was silent for too long
// (AVERROR_EXIT).
int gw_input_read(struct gw_input *in, AVPacket *packet, bool *ret_restarted);

#endif
