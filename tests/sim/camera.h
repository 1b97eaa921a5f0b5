// A camera without I/O: requests in, answers out; pictures as interleaved RTP. Each
// picture carries whose it is and its number, at its very end.
#ifndef GW_TESTS_SIM_CAMERA_H
#define GW_TESTS_SIM_CAMERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIM_ANSWER_MAX = 1024, // bytes of the answers to what one client call sends
    SIM_PICTURE_MAX = 128, // bytes of a picture
    SIM_KEY_EVERY = 5,     // pictures
};

enum sim_manners { SIM_GOOD, SIM_BUSY, SIM_GARBAGE };

// Answers whole requests. Returns the bytes of the answers.
size_t sim_camera_answer(const char *requests, size_t len, enum sim_manners manners,
                         char ret_answer[SIM_ANSWER_MAX]);

// Picture `number` of `camera` in the RTP packet `seq`. Returns its bytes.
size_t sim_camera_picture(uint32_t camera, uint32_t number, uint16_t seq, bool key,
                          uint8_t ret_picture[SIM_PICTURE_MAX]);

// Reads the mark at the end of an access unit. Returns whether there is one.
bool sim_camera_mark(const uint8_t *data, size_t len, uint32_t *ret_camera,
                     uint32_t *ret_number);

#endif
