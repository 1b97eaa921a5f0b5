#include "mux/nal_sets.h"

#include <assert.h>
#include <errno.h>

static const uint8_t *next_nal(struct gw_reader *r, size_t *ret_len)
{
    size_t len = gw_read_u32(r);
    const uint8_t *nal = gw_read_bytes(r, len);
    if (!nal || len == 0)
        return NULL;
    *ret_len = len;
    return nal;
}

static size_t kind_of(const struct gw_nal_set_kinds *kinds, const uint8_t *nal)
{
    size_t kind = 0;
    while (kind < kinds->count && kinds->type[kind] != kinds->type_of(nal))
        kind++;
    return kind;
}

int gw_nal_sets_count(const struct gw_nal_set_kinds *kinds, struct gw_reader sets,
                      struct gw_nal_sets *ret_sets)
{
    struct gw_nal_sets s = { 0 };

    while (gw_reader_left(&sets)) {
        size_t len;
        const uint8_t *nal = next_nal(&sets, &len);
        size_t kind = nal ? kind_of(kinds, nal) : kinds->count;
        if (kind == kinds->count)
            return -EBADMSG;
        if (s.count[kind]++ == 0) {
            s.first[kind] = nal;
            s.first_len[kind] = len;
        }
        if (s.count[kind] > kinds->max[kind])
            return -EMSGSIZE;
    }
    for (size_t kind = 0; kind < kinds->count; kind++) {
        if (!s.count[kind])
            return -EBADMSG;
    }
    *ret_sets = s;
    return 0;
}

void gw_nal_sets_write(const struct gw_nal_set_kinds *kinds, size_t kind,
                       struct gw_reader sets, struct gw_writer *w)
{
    while (gw_reader_left(&sets)) {
        size_t len = 0; // for a compiler that does not see the assert (release)
        const uint8_t *nal = next_nal(&sets, &len);
        assert(nal); // counted before
        if (kind_of(kinds, nal) != kind)
            continue;
        gw_write_u16(w, (uint16_t)len);
        gw_write_bytes(w, nal, len);
    }
}
