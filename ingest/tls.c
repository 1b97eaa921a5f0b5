#include "ingest/tls.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

struct gw_tls_trust {
    SSL_CTX *context;
};

struct gw_tls {
    SSL *ssl; // owns the one below
    BIO *out;
    enum gw_cause cause;
};

static int load_authorities(SSL_CTX *context, const char *ca_file)
{
    int good = ca_file ? SSL_CTX_load_verify_file(context, ca_file)
                       : SSL_CTX_set_default_verify_paths(context);
    ERR_clear_error();
    return good == 1 ? 0 : -ENOENT;
}

int gw_tls_trust_create(const char *ca_file, struct gw_tls_trust **ret_trust)
{
    struct gw_tls_trust *trust = calloc(1, sizeof(*trust));
    int r = -ENOMEM;

    if (!trust)
        return r;
    trust->context = SSL_CTX_new(TLS_client_method());
    if (!trust->context)
        goto fail;
    // Older versions are broken (RFC 8996).
    (void)SSL_CTX_set_min_proto_version(trust->context, TLS1_2_VERSION);
    // Thousands of connections: buffers only while something is in them.
    (void)SSL_CTX_set_mode(trust->context, SSL_MODE_RELEASE_BUFFERS);
    r = load_authorities(trust->context, ca_file);
    if (r)
        goto fail;
    *ret_trust = trust;
    return 0;

fail:
    gw_tls_trust_destroy(trust);
    return r;
}

void gw_tls_trust_destroy(struct gw_tls_trust *trust)
{
    if (!trust)
        return;
    SSL_CTX_free(trust->context);
    free(trust);
}

static bool is_address(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 ||
           inet_pton(AF_INET6, host, address) == 1;
}

// The name goes along in the clear, so that a device with several certificates can
// choose (RFC 6066 section 3: names alone).
static bool expect_host(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

    if (is_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

// Gives both buffers to the connection; that of the input is empty until bytes are fed.
static bool create_buffers(struct gw_tls *t)
{
    BIO *in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    if (!in || !t->out) {
        BIO_free(in);
        BIO_free(t->out);
        return false;
    }
    SSL_set_bio(t->ssl, in, t->out);
    return true;
}

int gw_tls_create(const struct gw_tls_trust *trust, const char *host, bool any,
                  struct gw_tls **ret_tls)
{
    struct gw_tls *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->ssl = SSL_new(trust->context);
    if (!t->ssl || !create_buffers(t) || !expect_host(t->ssl, host)) {
        gw_tls_destroy(t);
        ERR_clear_error();
        return -ENOMEM;
    }
    SSL_set_verify(t->ssl, any ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    SSL_set_connect_state(t->ssl);
    (void)SSL_do_handshake(t->ssl); // writes the first message, then wants an answer
    *ret_tls = t;
    return 0;
}

void gw_tls_destroy(struct gw_tls *t)
{
    if (!t)
        return;
    SSL_free(t->ssl);
    free(t);
}

static enum gw_cause cause_of(const SSL *ssl)
{
    switch (SSL_get_verify_result(ssl)) {
    case X509_V_OK: return GW_CAUSE_TLS;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID: return GW_CAUSE_TLS_EXPIRED;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return GW_CAUSE_TLS_NAME;
    default: return GW_CAUSE_TLS_UNTRUSTED;
    }
}

// What an OpenSSL call that did not succeed means: 0 or -EPROTO.
static int look_at(struct gw_tls *t, int result)
{
    int error = SSL_get_error(t->ssl, result);

    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN)
        return 0;
    // Without certificates checked, what is wrong with them is not why.
    t->cause =
        SSL_get_verify_mode(t->ssl) == SSL_VERIFY_NONE ? GW_CAUSE_TLS : cause_of(t->ssl);
    ERR_clear_error(); // the thread's, for the next connection
    return -EPROTO;
}

// OpenSSL takes what it reads to its own buffer, record by record, and gives that back
// when the record is used up: bytes lent to it need no second one, which would keep
// the size of the largest burst for good.
int gw_tls_feed(struct gw_tls *t, const void *data, size_t len)
{
    assert(len <= INT_MAX);
    BIO *in = BIO_new_mem_buf(data, (int)len);
    if (!in) {
        ERR_clear_error();
        return -ENOMEM;
    }
    (void)BIO_set_mem_eof_return(in, -1); // its end is no end of the stream
    SSL_set0_rbio(t->ssl, in);
    return 0;
}

ssize_t gw_tls_read(struct gw_tls *t, void *buf, size_t cap)
{
    if (t->cause)
        return -EPROTO;
    ERR_clear_error(); // viewers' connections share this thread's errors
    int n = SSL_read(t->ssl, buf, cap < INT_MAX ? (int)cap : INT_MAX);
    return n > 0 ? n : look_at(t, n);
}

bool gw_tls_is_ready(const struct gw_tls *t)
{
    return !t->cause && SSL_is_init_finished(t->ssl);
}

int gw_tls_write(struct gw_tls *t, const void *data, size_t len)
{
    if (t->cause)
        return -EPROTO;
    size_t written;
    if (SSL_write_ex(t->ssl, data, len, &written))
        return 0; // memory takes all of it
    t->cause = GW_CAUSE_TLS;
    ERR_clear_error();
    return -EPROTO;
}

const void *gw_tls_output(const struct gw_tls *t, size_t *ret_len)
{
    char *data = NULL;
    long len = BIO_get_mem_data(t->out, &data);

    *ret_len = len > 0 ? (size_t)len : 0;
    return data;
}

void gw_tls_sent(struct gw_tls *t)
{
    (void)BIO_reset(t->out);
}

enum gw_cause gw_tls_cause(const struct gw_tls *t)
{
    return t->cause;
}
