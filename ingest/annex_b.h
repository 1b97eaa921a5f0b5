// Bytes in which start codes part NAL units (ITU-T H.264 and H.265, Annex B).
#ifndef GW_INGEST_ANNEX_B_H
#define GW_INGEST_ANNEX_B_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Returns the offset of the next start code 00 00 01 at or after `from`, or `len`
// when there is none.
size_t gw_annex_b_find(const uint8_t *data, size_t len, size_t from);

// Cuts the next NAL unit out of bytes in which start codes may occur: one ahead of
// the first unit is skipped, zeros at the end do not belong to a unit. Start with
// *pos = 0. Returns false when there are no more.
bool gw_annex_b_next(const uint8_t *data, size_t len, size_t *pos,
                     const uint8_t **ret_nal, size_t *ret_nal_len);

#endif
