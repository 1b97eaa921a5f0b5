// The headers of a baseline JPEG file (ITU-T T.81 Annex B) as RFC 2435 section 3.1
// describes them in a few bytes. No I/O, no state.
#ifndef GW_INGEST_JPEG_HEADER_H
#define GW_INGEST_JPEG_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_JPEG_HEADER_MAX = 1024,     // bytes; it has 629 at most
    GW_JPEG_TABLE_BYTES_MAX = 256, // two tables of 64 numbers of 16 bits
    GW_JPEG_TABLE_BYTES = 128,     // of the computed ones
};

struct gw_jpeg_picture {
    uint8_t type;      // 0: 4:2:2, 1: 4:2:0
    uint16_t width_px; // > 0
    uint16_t height_px;
    uint16_t restart;   // interval in MCUs, 0: none
    uint8_t precision;  // bit i: table i has 16-bit numbers
    uint16_t table_len; // bytes of tables: one table for all components, or two
    uint8_t tables[GW_JPEG_TABLE_BYTES_MAX]; // in zigzag order
};

// Sets precision and tables by the quality factor 1 to 99 (RFC 2435 appendix A).
void gw_jpeg_tables_by_quality(unsigned quality, struct gw_jpeg_picture *picture);

// Finds the size that a run of segments (ITU-T T.81 Annex B.1.1.4) says in a baseline
// frame header; fill bytes may stand between them. Returns false where there is none.
bool gw_jpeg_find_size(const uint8_t *segments, size_t len, uint16_t *ret_width_px,
                       uint16_t *ret_height_px);

// Writes everything from SOI to SOS. Returns its length, or 0 when the tables' length
// does not fit to their precision.
size_t gw_jpeg_header_write(const struct gw_jpeg_picture *picture,
                            uint8_t out[GW_JPEG_HEADER_MAX]);

#endif
