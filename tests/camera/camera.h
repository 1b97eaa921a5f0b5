// A camera that plays a script over real sockets, on a thread of its own: whole
// RTSP sessions, with every fault that a camera was ever seen to have. It shares no
// code with the engine. docs/cameras.md has the language.
#ifndef GW_TESTS_CAMERA_CAMERA_H
#define GW_TESTS_CAMERA_CAMERA_H

#include "tests/camera/script.h"

#include <stdint.h>

struct camera;

// Listens on a free port of 127.0.0.1 and plays the steps of `script` (borrowed) that
// begin with its first "connection". `on_rest` comes once, from the camera's thread:
// the script has come to its end, to its last "hold", or failed.
// Returns 0, -ENOMEM, or the negative errno of a socket or thread.
int camera_start(const struct camera_script *script, void (*on_rest)(void *arg),
                 void *arg, struct camera **ret_camera);

uint16_t camera_port(const struct camera *c);

// Ends it; the client has closed its connections. Returns NULL when all went as the
// script says, else what did not; borrowed until camera_destroy().
const char *camera_finish(struct camera *c);

void camera_destroy(struct camera *c);

#endif
