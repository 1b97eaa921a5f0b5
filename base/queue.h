// A bounded queue from any thread to the thread of one libuv loop.
//
// Items are plain values, copied in and out. The loop is woken once for all
// items that gathered meanwhile, not once for each; it takes a bounded number of them in
// one turn, so that its sockets, timers and other queues get theirs however many wait.
#ifndef GW_BASE_QUEUE_H
#define GW_BASE_QUEUE_H

#include <stddef.h>
#include <uv.h>

enum {
    // Items in one turn of the loop. A frame may go to hundreds of viewers: these are
    // tens of milliseconds, and far more than a quiet loop ever finds.
    GW_QUEUE_TURN_MAX = 64,
};

struct gw_queue;

struct gw_queue_config {
    size_t item_bytes;
    size_t limit;   // items that gw_queue_push() may let wait
    size_t reserve; // further ones for gw_queue_push_control()

    // Called on the loop's thread, once an item, in the order of the pushes.
    // The item is borrowed for the call.
    void (*on_item)(void *arg, void *item);
    void *arg;
};

// Call it on the thread of `loop`, or before that thread starts. Returns 0, -ENOMEM,
// or -errno of eventfd() or uv_poll_init().
int gw_queue_create(uv_loop_t *loop, const struct gw_queue_config *config,
                    struct gw_queue **ret_queue);

// Copies `item` in. Any thread. Returns 0, -ENOBUFS when `limit` items wait
// (the caller still owns what the item refers to, and counts the drop), -ENOMEM
// likewise, or -ESHUTDOWN once the queue is closed.
int gw_queue_push(struct gw_queue *q, const void *item);

// The same for items that must not be lost to a burst of others: they may use
// the reserve too.
int gw_queue_push_control(struct gw_queue *q, const void *item);

// Lets no more items in, hands the waiting ones to on_item, and frees the queue
// once the loop has run its close callbacks. Loop's thread only, not from within
// on_item; no thread may push afterwards. NULL is allowed.
void gw_queue_destroy(struct gw_queue *q);

#endif
