// The text of a scripted camera (docs/cameras.md has the language): lines, each a
// word and what follows it.
//
//   # a comment
//   reply 200 OK
//   | a line of the block that belongs to the step above
//
// No I/O but the reading of the file. Any thread.
#ifndef GW_TESTS_CAMERA_SCRIPT_H
#define GW_TESTS_CAMERA_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

enum {
    CAMERA_STEPS_MAX = 256,
    CAMERA_SCRIPT_MAX = 64 * 1024, // bytes of a file
    CAMERA_WORD_MAX = 128,         // bytes of one word, with its final zero
};

struct camera_step {
    unsigned line;     // in the file, from 1
    const char *verb;  // "reply"
    const char *rest;  // "200 OK", never NULL
    const char *block; // the "|" lines, each ended by '\n'; "" when there are none
};

struct camera_script {
    char *text; // owned; the steps point into it
    size_t count;
    struct camera_step steps[CAMERA_STEPS_MAX];
};

// Returns 0, or a negative errno: that of reading, -EMSGSIZE over a limit above,
// -EBADMSG for a block without a step. Finish it in either case.
int camera_script_read(const char *path, struct camera_script *ret_script);

void camera_script_finish(struct camera_script *script);

// Takes the next word off *text, at blanks; within double quotes a blank is like any
// other, and \r \n \t \\ \" \xHH mean what they do in C. Returns its bytes, or -1
// when there is none or it is too long. A zero follows them.
int camera_word(const char **text, char ret_word[CAMERA_WORD_MAX]);

// Reads hexadecimal digits up to the end; blanks may stand between bytes. Returns
// how many bytes, or -1: not hexadecimal, or more than `cap`.
int camera_hex(const char *text, uint8_t *buf, size_t cap);

#endif
