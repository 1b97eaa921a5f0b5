// Screens that wait to be let in: each shows a code, which an administrator enters, and
// asks with a word of its own whether that was done. Reads no clock, does no I/O. Any
// thread.
//
//   new ──► WAITING ── claim ──► CLAIMED ── enrol ──► LET IN
//     any of them ──── GW_SCREEN_CODE_S after it was new ────► gone
#ifndef GW_APP_SCREENS_H
#define GW_APP_SCREENS_H

#include "app/json_account.h"
#include "map/secret.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_SCREEN_CODE_S = 10 * 60,   // that a code is good for
    GW_SCREENS_WAITING_MAX = 256, // of all; more are told to wait
    GW_SCREENS_OF_ADDRESS = 32,   // likewise, of one address: a wall has that many
    GW_SCREEN_ADDRESS_MAX = 64,   // bytes
};

struct gw_screens;

// Returns NULL when out of memory.
struct gw_screens *gw_screens_create(void);
void gw_screens_destroy(struct gw_screens *s);

// A new screen at `address`: its code, eight characters of which none looks like another
// ("7KQM-3XWP"), and its word, which the code's reader never learns. Returns 0, -EBUSY
// when as many wait as may, -EIO or -ENOMEM.
int gw_screens_begin(struct gw_screens *s, const char *address, uint64_t now_ms,
                     char ret_code[GW_SCREEN_CODE], char ret_word[GW_SECRET_TEXT]);

// Whether somebody may be let in by this code now: as it is shown, in small or capital
// letters, with or without what is not one of its characters. It takes the code, so that
// nobody else may; give it back with gw_screens_enrol(). Returns 0 or -ENOENT.
int gw_screens_claim(struct gw_screens *s, const char *code, uint64_t now_ms);

// The screen of a claimed code is the user `name` from now on; NULL: it was not to be,
// and the code is good again.
void gw_screens_enrol(struct gw_screens *s, const char *code, const char *name);

// What the screen with that word is to do. Returns 0 with its user's name, also when it
// asks once more because the answer was lost; -EAGAIN: wait; -ENOENT: its time is over,
// show another code.
int gw_screens_ask(struct gw_screens *s, const char *word, uint64_t now_ms,
                   char ret_name[GW_ACCOUNT_NAME_MAX + 1]);

#endif
