// What is said when a backup, or its way back, fails.
#ifndef GW_APP_KEEP_WORDS_H
#define GW_APP_KEEP_WORDS_H

#include "map/backup.h"

// `error` is one of map/backup.h, met at `place`.
void gw_keep_complain(int error, const struct gw_backup_place *place);

#endif
