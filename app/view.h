// One viewer of a stream on one shard: the packets that the hub makes for it, and what it
// is told when its form cannot carry what the camera sends. On the shard's thread.
#ifndef GW_APP_VIEW_H
#define GW_APP_VIEW_H

#include "app/audit.h"
#include "mux/hub.h"
#include "ws/server.h"

#include <stdbool.h>
#include <stdint.h>

// Accepts `viewer` as one of the stream whose source fares as `status` says, and
// subscribes it as it wishes; all are borrowed for the call, the hub and the viewer until
// gw_view_close(). What the hub has cached is sent from within. Returns 0, or -ENOMEM:
// the viewer waits for an answer still.
// The audit log has it from before its first picture to when it goes.
int gw_view_open(struct gw_hub *hub, struct gw_audit *audit, struct gw_viewer *viewer,
                 const struct gw_wish *wish, const struct gw_source_status *status);

// The server's hooks on_audio and on_close, for a viewer that was accepted here.
void gw_view_want_audio(struct gw_viewer *viewer, bool audio);
void gw_view_close(struct gw_viewer *viewer);

#endif
