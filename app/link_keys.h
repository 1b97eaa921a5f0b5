// The keys that live links are signed with, kept in DIR/live-links.key (0600), so that
// links outlive a start of the engine. A key signs for a month; the one before it is
// believed as long as links of it may be good. Any thread.
#ifndef GW_APP_LINK_KEYS_H
#define GW_APP_LINK_KEYS_H

#include "app/live_link.h"

enum { GW_LINK_KEY_DAYS = 30 }; // that one key signs

struct gw_link_keys;

// Reads the keys, if there are any. A file that cannot be read is logged, and counts as
// none: the links of before are over, new ones are made. Returns NULL when out of memory.
struct gw_link_keys *gw_link_keys_open(const char *dir);
void gw_link_keys_close(struct gw_link_keys *k);

// Signs a link, by a new key where it is time for one: that writes the file, so call it
// where the disk may be waited for. Returns 0, -ENOMEM, or -EIO without random numbers. A
// file that cannot be written is logged: its key is then good until the engine ends.
int gw_link_keys_sign(struct gw_link_keys *k, const struct gw_live_link *link,
                      uint64_t now_ms, char ret_text[GW_LIVE_LINK_TEXT]);

// Reads a link's text as gw_live_link_read() does, and believes it. Returns 0, -EACCES
// when it was not signed here, or -ETIME when its time is over.
int gw_link_keys_check(struct gw_link_keys *k, const char *text,
                       struct gw_live_link *link, uint64_t now_ms);

#endif
