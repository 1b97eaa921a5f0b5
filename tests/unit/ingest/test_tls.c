// Against OpenSSL's own server in memory, with certificates made here.

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/tls.h"

#include <errno.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    DAY_S = 24 * 3600,
    REST_MAX = 28 * 1024, // bytes of a connection
};

// OpenSSL's, of this process.
static size_t held_bytes;

static void *counted_malloc(size_t len, const char *file, int line)
{
    (void)file, (void)line;
    void *p = malloc(len);
    held_bytes += malloc_usable_size(p);
    return p;
}

static void counted_free(void *p, const char *file, int line)
{
    (void)file, (void)line;
    held_bytes -= malloc_usable_size(p);
    free(p);
}

static void *counted_realloc(void *p, size_t len, const char *file, int line)
{
    (void)file, (void)line;
    size_t before = malloc_usable_size(p);
    void *q = realloc(p, len);
    if (q)
        held_bytes += malloc_usable_size(q) - before;
    return q;
}

struct world {
    EVP_PKEY *key;
    X509 *certificate;
    char ca_file[32]; // holds it
    SSL_CTX *context;
    SSL *server;
    BIO *in;
    BIO *out;
    struct gw_tls_trust *trust;
    struct gw_tls *client;
};

static X509 *sign(EVP_PKEY *key, const char *names, long from_s, long to_s)
{
    X509 *x = X509_new();
    assert_non_null(x);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_set_version(x, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(x), from_s);
    X509_gmtime_adj(X509_getm_notAfter(x), to_s);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)"a camera", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_EXTENSION *san = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    assert_non_null(san);
    X509_add_ext(x, san, -1);
    X509_EXTENSION_free(san);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

static void write_pem(struct world *w)
{
    strcpy(w->ca_file, "/tmp/gw-test-tls-XXXXXX");
    int fd = mkstemp(w->ca_file);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    assert_true(PEM_write_X509(f, w->certificate));
    fclose(f);
}

// A camera whose certificate is valid so long, for these names; the engine trusts it
// where it is given its file.
static void begin(struct world *w, const char *names, long from_s, long to_s)
{
    *w = (struct world) { .key = EVP_EC_gen("P-256") };
    assert_non_null(w->key);
    w->certificate = sign(w->key, names, from_s, to_s);
    write_pem(w);
    w->context = SSL_CTX_new(TLS_server_method());
    assert_true(SSL_CTX_use_certificate(w->context, w->certificate));
    assert_true(SSL_CTX_use_PrivateKey(w->context, w->key));
    w->server = SSL_new(w->context);
    w->in = BIO_new(BIO_s_mem());
    w->out = BIO_new(BIO_s_mem());
    SSL_set_bio(w->server, w->in, w->out);
    SSL_set_accept_state(w->server);
}

static void call(struct world *w, const char *ca_file, const char *host, bool any)
{
    assert_int_equal(gw_tls_trust_create(ca_file, &w->trust), 0);
    assert_int_equal(gw_tls_create(w->trust, host, any, &w->client), 0);
}

static void end(struct world *w)
{
    gw_tls_destroy(w->client);
    gw_tls_trust_destroy(w->trust);
    SSL_free(w->server);
    SSL_CTX_free(w->context);
    X509_free(w->certificate);
    EVP_PKEY_free(w->key);
    unlink(w->ca_file);
}

// Carries bytes both ways, those to the client in pieces, until nobody has any.
// Collects what the client reads. Returns its last result.
static ssize_t carry(struct world *w, size_t chunk, char *text, size_t *len)
{
    ssize_t r = 0;
    for (;;) {
        size_t out;
        const void *data = gw_tls_output(w->client, &out);
        if (out)
            assert_int_equal(BIO_write(w->in, data, (int)out), out);
        gw_tls_sent(w->client);
        (void)SSL_do_handshake(w->server);

        uint8_t bytes[1024];
        int n =
            BIO_read(w->out, bytes, (int)(chunk < sizeof(bytes) ? chunk : sizeof(bytes)));
        if (n <= 0 && !out)
            return r;
        if (n <= 0)
            continue;
        assert_int_equal(gw_tls_feed(w->client, bytes, (size_t)n), 0);
        while ((r = gw_tls_read(w->client, text + *len, 16)) > 0)
            *len += (size_t)r;
        if (r < 0)
            return r;
    }
}

static void fails_with(struct world *w, enum gw_cause cause)
{
    char text[64];
    size_t len = 0;
    assert_int_equal(carry(w, 1024, text, &len), -EPROTO);
    assert_int_equal(gw_tls_cause(w->client), cause);
    assert_false(gw_tls_is_ready(w->client));
    assert_int_equal(gw_tls_read(w->client, text, sizeof(text)), -EPROTO); // for good
    assert_int_equal(gw_tls_write(w->client, "x", 1), -EPROTO);
    size_t alert; // the camera is told
    (void)gw_tls_output(w->client, &alert);
    assert_true(alert > 0);
}

static void a_trusted_camera_is_talked_to_at_every_split(void **state)
{
    (void)state;
    for (size_t chunk = 1; chunk < 200; chunk += 7) {
        struct world w;
        char text[64] = "";
        size_t len = 0;
        begin(&w, "DNS:cam.example,IP:10.0.0.1", -DAY_S, DAY_S);
        call(&w, w.ca_file, chunk % 2 ? "cam.example" : "10.0.0.1", false);
        assert_false(gw_tls_is_ready(w.client));
        assert_int_equal(carry(&w, chunk, text, &len), 0);
        assert_true(gw_tls_is_ready(w.client));

        assert_int_equal(gw_tls_write(w.client, "OPTIONS", 7), 0);
        assert_int_equal(
            SSL_write(w.server, "RTSP/1.0 200 OK and more than 16 bytes", 38), 38);
        assert_int_equal(carry(&w, chunk, text, &len), 0);
        assert_int_equal(len, 38);
        assert_memory_equal(text, "RTSP/1.0 200 OK and more than 16 bytes", 38);
        assert_int_equal(SSL_read(w.server, text, sizeof(text)), 7);
        assert_memory_equal(text, "OPTIONS", 7);
        end(&w);
    }
}

// What the client holds more when it has read a receive of `len` bytes that the server
// sent in one go; nothing of it is cut.
static size_t kept_of_burst(struct world *w, size_t len)
{
    static uint8_t bytes[256 * 1024];
    char text[GW_TLS_RECORD_MAX];
    size_t read = 0;
    ssize_t r;

    assert_true(len <= sizeof(bytes));
    assert_int_equal(SSL_write(w->server, bytes, (int)len), len);
    uint8_t *sent;
    long sent_len = BIO_get_mem_data(w->out, &sent);
    size_t before = held_bytes;
    assert_int_equal(gw_tls_feed(w->client, sent, (size_t)sent_len), 0);
    while ((r = gw_tls_read(w->client, text, sizeof(text))) > 0)
        read += (size_t)r;
    assert_int_equal(r, 0);
    assert_int_equal(read, len);
    size_t kept = held_bytes - before;
    (void)BIO_reset(w->out);
    return kept;
}

static void a_burst_leaves_nothing_behind(void **state)
{
    struct world w;
    char text[64];
    size_t len = 0;
    (void)state;
    begin(&w, "DNS:cam.example", -DAY_S, DAY_S);
    call(&w, w.ca_file, "cam.example", false);
    assert_int_equal(carry(&w, 1024, text, &len), 0);

    (void)kept_of_burst(&w, 1); // what is allocated once
    assert_int_equal(kept_of_burst(&w, 200 * 1024), 0);
    assert_int_equal(kept_of_burst(&w, 1), 0);
    end(&w);
}

// Most of it is OpenSSL's own for one connection; no buffer of a record is among it.
static void a_connection_at_rest_is_small(void **state)
{
    struct world w;
    char text[64];
    size_t len = 0;
    (void)state;
    begin(&w, "DNS:cam.example", -DAY_S, DAY_S);
    call(&w, w.ca_file, "cam.example", false);
    assert_int_equal(carry(&w, 1024, text, &len), 0);
    assert_int_equal(gw_tls_write(w.client, "OPTIONS", 7), 0);
    assert_int_equal(carry(&w, 1024, text, &len), 0);

    size_t before = held_bytes;
    gw_tls_destroy(w.client);
    w.client = NULL;
    assert_in_range(before - held_bytes, 1, REST_MAX);
    end(&w);
}

static void a_camera_that_nobody_vouches_for_is_refused(void **state)
{
    struct world w;
    (void)state;
    begin(&w, "DNS:cam.example", -DAY_S, DAY_S);
    call(&w, NULL, "cam.example", false);
    fails_with(&w, GW_CAUSE_TLS_UNTRUSTED);
    end(&w);
}

static void another_hosts_certificate_is_refused(void **state)
{
    static const char *const hosts[] = { "other.example", "10.0.0.2", "x.cam.example" };
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
        struct world w;
        begin(&w, "DNS:cam.example,IP:10.0.0.1", -DAY_S, DAY_S);
        call(&w, w.ca_file, hosts[i], false);
        fails_with(&w, GW_CAUSE_TLS_NAME);
        end(&w);
    }
}

static void a_certificate_out_of_its_time_is_refused(void **state)
{
    struct world w;
    (void)state;
    begin(&w, "DNS:cam.example", -2 * DAY_S, -DAY_S);
    call(&w, w.ca_file, "cam.example", false);
    fails_with(&w, GW_CAUSE_TLS_EXPIRED);
    end(&w);
    begin(&w, "DNS:cam.example", DAY_S, 2 * DAY_S);
    call(&w, w.ca_file, "cam.example", false);
    fails_with(&w, GW_CAUSE_TLS_EXPIRED);
    end(&w);
}

static void where_any_certificate_does_a_self_signed_one_does(void **state)
{
    struct world w;
    char text[64];
    size_t len = 0;
    (void)state;
    begin(&w, "DNS:other.example", -2 * DAY_S, -DAY_S);
    call(&w, NULL, "cam.example", true);
    assert_int_equal(carry(&w, 1024, text, &len), 0);
    assert_true(gw_tls_is_ready(w.client));
    end(&w);
}

static void a_peer_without_tls_is_told_apart_from_a_bad_certificate(void **state)
{
    static const char plain[] = "RTSP/1.0 400 Bad Request\r\n\r\n";
    struct world w;
    char text[64];
    (void)state;
    begin(&w, "DNS:cam.example", -DAY_S, DAY_S);
    call(&w, w.ca_file, "cam.example", false);
    assert_int_equal(gw_tls_feed(w.client, plain, sizeof(plain) - 1), 0);
    assert_int_equal(gw_tls_read(w.client, text, sizeof(text)), -EPROTO);
    assert_int_equal(gw_tls_cause(w.client), GW_CAUSE_TLS);
    end(&w);
}

static void a_file_without_authorities_is_refused(void **state)
{
    struct gw_tls_trust *trust = NULL;
    (void)state;
    assert_int_equal(gw_tls_trust_create("/nonexistent.pem", &trust), -ENOENT);
    assert_int_equal(gw_tls_trust_create("/dev/null", &trust), -ENOENT);
    assert_null(trust);
}

int main(void)
{
    if (!CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free))
        return EXIT_FAILURE;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trusted_camera_is_talked_to_at_every_split),
        cmocka_unit_test(a_burst_leaves_nothing_behind),
        cmocka_unit_test(a_connection_at_rest_is_small),
        cmocka_unit_test(a_camera_that_nobody_vouches_for_is_refused),
        cmocka_unit_test(another_hosts_certificate_is_refused),
        cmocka_unit_test(a_certificate_out_of_its_time_is_refused),
        cmocka_unit_test(where_any_certificate_does_a_self_signed_one_does),
        cmocka_unit_test(a_peer_without_tls_is_told_apart_from_a_bad_certificate),
        cmocka_unit_test(a_file_without_authorities_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
