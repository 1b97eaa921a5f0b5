// Many deadlines, of which the earliest is wanted: a binary heap. Setting, moving
// and taking one out costs O(log n). One thread.
#ifndef GW_INGEST_DEADLINES_H
#define GW_INGEST_DEADLINES_H

#include <stddef.h>
#include <stdint.h>

enum { GW_DEADLINE_NONE = 0 }; // a `place`: not in the heap

// Embedded in what has the deadline, which it must not outlive; all zero at first.
struct gw_deadline {
    uint64_t at_us;
    size_t place; // private: 1 + index in the heap, or GW_DEADLINE_NONE
    void *owner;
};

// Embedded by value, all zero at first; the fields are private.
struct gw_deadlines {
    struct gw_deadline **heap; // owned; what it points to is not
    size_t count;
    size_t cap;
};

// Makes room for `count` deadlines in all, so that gw_deadlines_set() cannot fail.
// Returns 0 or -ENOMEM.
int gw_deadlines_reserve(struct gw_deadlines *h, size_t count);

// Frees the heap's own memory.
void gw_deadlines_finish(struct gw_deadlines *h);

// Sets or moves a deadline; UINT64_MAX takes it out. Room for it is reserved.
void gw_deadlines_set(struct gw_deadlines *h, struct gw_deadline *d, uint64_t at_us);

// Returns the earliest, borrowed, or NULL when there is none.
struct gw_deadline *gw_deadlines_first(const struct gw_deadlines *h);

#endif
