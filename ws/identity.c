#include "ws/identity.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum {
    CHAIN_MAX = 16, // certificates behind the first one
    DAY_BYTES = sizeof("2027-01-31"),
};

struct gw_identity {
    atomic_uint refs;
    X509 *certificate;
    STACK_OF(X509) * chain;
    EVP_PKEY *key;
    char last_day[DAY_BYTES];
};

// ---- the certificate ----

// Nobody sits at the terminal who could be asked for a passphrase.
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
    bool *asked = arg;
    (void)buf;
    (void)size;
    (void)writing;
    if (asked)
        *asked = true;
    return -1;
}

static int read_chain(struct gw_identity *identity, FILE *f)
{
    X509 *next;
    while ((next = PEM_read_X509(f, NULL, no_passphrase, NULL))) {
        if (sk_X509_num(identity->chain) == CHAIN_MAX ||
            sk_X509_push(identity->chain, next) <= 0) {
            X509_free(next);
            return -EBADMSG;
        }
    }
    // That none begins any more is how a file ends.
    return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE ? 0 : -EBADMSG;
}

static int read_certificate(struct gw_identity *identity, const char *path,
                            enum gw_identity_flaw *ret_flaw)
{
    FILE *f = fopen(path, "re");
    if (!f) {
        *ret_flaw = GW_IDENTITY_CERT_UNREADABLE;
        return -errno;
    }
    identity->certificate = PEM_read_X509(f, NULL, no_passphrase, NULL);
    int r = identity->certificate ? read_chain(identity, f) : -EBADMSG;
    fclose(f);
    if (r < 0)
        *ret_flaw = GW_IDENTITY_CERT_NOT_PEM;
    return r;
}

static int note_last_day(struct gw_identity *identity)
{
    struct tm end;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(identity->certificate), &end) != 1)
        return -EBADMSG;
    return strftime(identity->last_day, DAY_BYTES, "%Y-%m-%d", &end) ? 0 : -EBADMSG;
}

// ---- the key ----

static int read_key(struct gw_identity *identity, const char *path,
                    enum gw_identity_flaw *ret_flaw)
{
    struct stat st;
    bool asked = false;
    FILE *f = fopen(path, "re");

    if (!f || fstat(fileno(f), &st) < 0) {
        int r = -errno;
        if (f)
            fclose(f);
        *ret_flaw = GW_IDENTITY_KEY_UNREADABLE;
        return r;
    }
    bool exposed = st.st_mode & (S_IRWXG | S_IRWXO);
    if (!exposed)
        identity->key = PEM_read_PrivateKey(f, NULL, no_passphrase, &asked);
    fclose(f);
    if (identity->key)
        return 0;
    if (exposed)
        *ret_flaw = GW_IDENTITY_KEY_EXPOSED;
    else
        *ret_flaw = asked ? GW_IDENTITY_KEY_LOCKED : GW_IDENTITY_KEY_NOT_PEM;
    return -EBADMSG;
}

// ---- both ----

int gw_identity_show(const struct gw_identity *identity, SSL_CTX *context)
{
    ERR_clear_error();
    int good = SSL_CTX_use_cert_and_key(context, identity->certificate, identity->key,
                                        identity->chain, 1);
    ERR_clear_error();
    return good == 1 ? 0 : -ENOMEM;
}

// Tries them: OpenSSL has its own opinion of what is too weak to be shown.
static int check(const struct gw_identity *identity, enum gw_identity_flaw *ret_flaw)
{
    if (X509_check_private_key(identity->certificate, identity->key) != 1) {
        *ret_flaw = GW_IDENTITY_KEY_FOREIGN;
        return -EBADMSG;
    }
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) {
        *ret_flaw = GW_IDENTITY_NO_MEMORY;
        return -ENOMEM;
    }
    int r = gw_identity_show(identity, context);
    SSL_CTX_free(context);
    if (r == 0)
        return 0;
    *ret_flaw = GW_IDENTITY_CERT_REFUSED;
    return -EBADMSG;
}

static int load(struct gw_identity *identity, const char *cert_file, const char *key_file,
                enum gw_identity_flaw *ret_flaw)
{
    int r = read_certificate(identity, cert_file, ret_flaw);
    if (r < 0)
        return r;
    if (note_last_day(identity) < 0) {
        *ret_flaw = GW_IDENTITY_CERT_REFUSED;
        return -EBADMSG;
    }
    r = read_key(identity, key_file, ret_flaw);
    return r < 0 ? r : check(identity, ret_flaw);
}

int gw_identity_load(const char *cert_file, const char *key_file,
                     struct gw_identity **ret_identity, enum gw_identity_flaw *ret_flaw)
{
    struct gw_identity *identity = calloc(1, sizeof(*identity));
    if (identity) {
        atomic_init(&identity->refs, 1);
        identity->chain = sk_X509_new_null();
    }
    if (!identity || !identity->chain) {
        gw_identity_unref(&identity);
        *ret_flaw = GW_IDENTITY_NO_MEMORY;
        return -ENOMEM;
    }

    ERR_clear_error();
    int r = load(identity, cert_file, key_file, ret_flaw);
    ERR_clear_error(); // the thread's, for whoever looks next
    if (r < 0)
        gw_identity_unref(&identity);
    else
        *ret_identity = identity;
    return r;
}

struct gw_identity *gw_identity_ref(struct gw_identity *identity)
{
    // Relaxed: whoever gave it to us already ordered its contents before us.
    unsigned before = atomic_fetch_add_explicit(&identity->refs, 1, memory_order_relaxed);
    assert(before > 0);
    (void)before;
    return identity;
}

void gw_identity_unref(struct gw_identity **pidentity)
{
    struct gw_identity *identity = *pidentity;
    *pidentity = NULL;

    // Acquire/release: every other holder's reads end before the free.
    if (!identity ||
        atomic_fetch_sub_explicit(&identity->refs, 1, memory_order_acq_rel) != 1)
        return;
    X509_free(identity->certificate);
    sk_X509_pop_free(identity->chain, X509_free);
    EVP_PKEY_free(identity->key);
    free(identity);
}

const char *gw_identity_last_day(const struct gw_identity *identity)
{
    return identity->last_day;
}
