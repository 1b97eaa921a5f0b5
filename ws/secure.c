#include "ws/secure.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stddef.h>

// RFC 9325 section 4.2: ephemeral keys and authenticated encryption alone. Every device
// that has a browser with MSE knows one of these.
static const char CIPHERS_1_2[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

// The shorter key first: pictures are many bytes, and nobody breaks either.
static const char CIPHERS_1_3[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

static void on_info(const SSL *ssl, int where, int result)
{
    (void)result;
    bool *done = where & SSL_CB_HANDSHAKE_DONE ? SSL_get_app_data(ssl) : NULL;
    if (done)
        *done = true;
}

int gw_secure_prepare(SSL_CTX *context)
{
    // A session that is kept for later costs memory, and a ticket's key that lives as
    // long as the process undoes forward secrecy (RFC 9325 section 4.4). Connections are
    // few and long here.
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_num_tickets(context, 0);
    (void)SSL_CTX_set_options(
        context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_info_callback(context, on_info);

    // Older versions are broken (RFC 8996).
    bool good = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                SSL_CTX_set_cipher_list(context, CIPHERS_1_2) == 1 &&
                SSL_CTX_set_ciphersuites(context, CIPHERS_1_3) == 1;
    ERR_clear_error();
    return good ? 0 : -ENOTSUP;
}

SSL_CTX *gw_secure_no_client(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    ERR_clear_error();
    return context;
}

void gw_secure_free(SSL_CTX *context)
{
    SSL_CTX_free(context);
}

void gw_secure_watch(SSL *ssl, bool *done)
{
    (void)SSL_set_app_data(ssl, done);
}

bool gw_secure_has_left(SSL *ssl)
{
    char byte;
    ERR_clear_error();
    int n = SSL_peek(ssl, &byte, 1);
    bool left = n > 0 || SSL_get_error(ssl, n) != SSL_ERROR_WANT_READ;
    ERR_clear_error(); // the thread's, for the next connection
    return left;
}
