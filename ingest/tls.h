// TLS towards a camera, without a socket: what comes from it goes in, what is to be
// sent comes out (OpenSSL over memory). No I/O of its own but for reading the
// certificates once; the clock is read by OpenSSL, for their validity. One thread;
// a trust may be shared by threads.
#ifndef GW_INGEST_TLS_H
#define GW_INGEST_TLS_H

#include "base/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    // Of plain text, at most (RFC 8446 section 5.1): reads of this much never leave
    // half of one behind.
    GW_TLS_RECORD_MAX = 16 * 1024,
};

// Whose certificates are believed.
struct gw_tls_trust;

// Believes the authorities of `ca_file` (PEM), or the system's with NULL. Returns 0,
// -ENOENT when the file cannot be read or holds none, or -ENOMEM.
int gw_tls_trust_create(const char *ca_file, struct gw_tls_trust **ret_trust);

// No connection may be left. NULL is allowed.
void gw_tls_trust_destroy(struct gw_tls_trust *trust);

struct gw_tls;

// Begins a connection to `host` (a name or an address), which the peer's certificate
// must be for; there is output at once. `any`: any certificate does. Returns 0 or
// -ENOMEM.
int gw_tls_create(const struct gw_tls_trust *trust, const char *host, bool any,
                  struct gw_tls **ret_tls);

// NULL is allowed.
void gw_tls_destroy(struct gw_tls *t);

// Lends bytes of the peer, at most INT_MAX, until gw_tls_read() has returned 0 or
// failed: call it until then. Between the two nothing of a size that the peer chooses is
// kept, but for a record that is cut. Returns 0 or -ENOMEM.
int gw_tls_feed(struct gw_tls *t, const void *data, size_t len);

// Goes on with the handshake and decrypts. Returns bytes put into `buf`, 0: feed
// more, or it ended; or -EPROTO: it failed for good, see gw_tls_cause(). Send what
// gw_tls_output() shows in each case.
ssize_t gw_tls_read(struct gw_tls *t, void *buf, size_t cap);

// The peer has proved who it is: gw_tls_write() may be called.
bool gw_tls_is_ready(const struct gw_tls *t);

// Encrypts. Returns 0 or -EPROTO.
int gw_tls_write(struct gw_tls *t, const void *data, size_t len);

// Bytes to send; borrowed until the next call.
const void *gw_tls_output(const struct gw_tls *t, size_t *ret_len);
void gw_tls_sent(struct gw_tls *t); // all of them

// Why it failed; NONE while it did not.
enum gw_cause gw_tls_cause(const struct gw_tls *t);

#endif
