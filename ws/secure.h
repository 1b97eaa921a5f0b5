// What the server asks of TLS, and what it must look at itself because the library it
// stands on does not. The library moves the bytes (connection.c). One thread.
#ifndef GW_WS_SECURE_H
#define GW_WS_SECURE_H

#include <stdbool.h>

struct ssl_ctx_st; // OpenSSL's SSL_CTX
struct ssl_st;     // OpenSSL's SSL

// Sets versions, ciphers and what is not spoken: TLS 1.2 and 1.3, forward secret and
// authenticated ciphers, no compression, no renegotiation, no session kept for later.
// Returns 0 or -ENOTSUP where OpenSSL does not know a cipher of ours.
int gw_secure_prepare(struct ssl_ctx_st *context);

// What the library would make connections of its own from, if it made any. It has a
// counter in the one that it makes itself which does not count several of its contexts
// in one process (4.1), and so is given this one. Returns NULL when out of memory; free
// it with gw_secure_free().
struct ssl_ctx_st *gw_secure_no_client(void);

// NULL is allowed.
void gw_secure_free(struct ssl_ctx_st *context);

// Sets *done once the handshake of `ssl` is through. With NULL nobody is told any more.
void gw_secure_watch(struct ssl_st *ssl, bool *done);

// Whether the peer ended the connection, or sent what it has no cause to send, on a
// connection that is only written to. Reads what TLS itself says between (a new key),
// so no request may be expected any more. `fd` is its socket.
bool gw_secure_has_left(struct ssl_st *ssl);

#endif
