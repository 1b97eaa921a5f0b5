// Who uses a data directory: stores side by side, or one command alone that puts a backup
// in their place. A lock on DIR/gridwall.lock (flock: gone with the process, however it
// ends).
#ifndef GW_MAP_DATA_LOCK_H
#define GW_MAP_DATA_LOCK_H

#include <stdbool.h>

// A directory of this name in the data directory holds a backup that is whole and on its
// way into place (map/backup.h): until it is, nobody opens what is there.
extern const char gw_restore_ready[];

// Returns 0 with a descriptor that holds the lock until it is closed, or negative errno:
// `alone` and others use it: -EBUSY; not alone, and a backup is being put back, or that
// was broken off: -EINPROGRESS.
int gw_data_lock(const char *dir, bool alone, int *ret_fd);

#endif
