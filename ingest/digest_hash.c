#include "ingest/digest_hash.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool feed(EVP_MD_CTX *ctx, const char *const *parts)
{
    bool good = true;
    for (size_t i = 0; good && parts[i]; i++) {
        if (i)
            good = EVP_DigestUpdate(ctx, ":", 1);
        good = good && EVP_DigestUpdate(ctx, parts[i], strlen(parts[i]));
    }
    return good;
}

int gw_digest_hash(enum gw_digest_algorithm algorithm, const char *const *parts,
                   char ret_hex[GW_DIGEST_HEX_BYTES])
{
    const EVP_MD *md = algorithm == GW_DIGEST_SHA256 ? EVP_sha256() : EVP_md5();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx) {
        ERR_clear_error();
        return -ENOMEM;
    }
    bool good = EVP_DigestInit_ex(ctx, md, NULL) && feed(ctx, parts) &&
                EVP_DigestFinal_ex(ctx, digest, &len);
    EVP_MD_CTX_free(ctx);
    if (!good) {
        ERR_clear_error(); // what OpenSSL noted of it nobody reads
        return -ENOTSUP;
    }

    for (unsigned i = 0; i < len; i++)
        snprintf(ret_hex + (size_t)2 * i, 3, "%02x", digest[i]);
    return 0;
}
