// The way from a worker to the engine: what a device that pushes does by RTSP
// (ANNOUNCE, SETUP, RECORD; then RTP, interleaved), over an inherited socket. Blocks;
// the engine ends a worker that is in its way. One thread.
#ifndef GW_INGEST_WORKER_OUTPUT_H
#define GW_INGEST_WORKER_OUTPUT_H

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

struct gw_output;

// Announces one video, in Annex B form, and unless it is NULL a sound; is let in. A sound
// that the engine refuses is left out. `fd` stays the caller's. Returns
// 0 with an output that the caller owns, or a negative errno: -EPROTO when the engine
// refuses it, -EPIPE when it is gone.
int gw_output_open(int fd, const AVCodecParameters *video, const AVCodecParameters *audio,
                   struct gw_output **ret_output);

// NULL is allowed.
void gw_output_close(struct gw_output *out);

// Sends an access unit, or a frame of the sound (AVPacket.stream_index as
// gw_input_read() sets it), with times in ticks of 90 kHz, decoding times of each
// growing. Returns 0 or a negative errno.
int gw_output_write(struct gw_output *out, AVPacket *packet);

#endif
