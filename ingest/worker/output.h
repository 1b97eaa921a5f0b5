// The way from a worker to the engine: what a device that pushes does by RTSP
// (ANNOUNCE, SETUP, RECORD; then RTP, interleaved), over an inherited socket. Blocks;
// the engine ends a worker that is in its way. One thread.
#ifndef GW_INGEST_WORKER_OUTPUT_H
#define GW_INGEST_WORKER_OUTPUT_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

struct gw_output;

// Announces one video, in Annex B form, and is let in. `fd` stays the caller's. Returns
// 0 with an output that the caller owns, or a negative errno: -EPROTO when the engine
// refuses it, -EPIPE when it is gone.
int gw_output_open(int fd, const AVCodecParameters *video, struct gw_output **ret_output);

// NULL is allowed.
void gw_output_close(struct gw_output *out);

// Sends an access unit with times in ticks of 90 kHz, decoding times growing. Returns 0
// or a negative errno.
int gw_output_write(struct gw_output *out, AVPacket *packet);

#endif
