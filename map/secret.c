#include "map/secret.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    SALT_BYTES = 16,
    HASH_BYTES = 32,
    LOG_N = 15, // 32 MiB with r = 8
    BLOCKS = 8,
    PARALLEL = 1,
    // A kept hash may ask for this much and no more: whoever can write the registry shall
    // not be able to stop the engine.
    LOG_N_MAX = 18,
    BLOCKS_MAX = 16,
    PARALLEL_MAX = 4,
    MEMORY_MAX = 1024 * 1024 * 1024, // bytes
};

struct cost {
    unsigned log_n, blocks, parallel;
};

static void to_hex(const uint8_t *bytes, size_t len, char *ret_text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        ret_text[2 * i] = digits[bytes[i] >> 4];
        ret_text[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_text[2 * len] = '\0';
}

// The value of a lower-case digit, or -1.
static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int from_hex(const char *text, uint8_t *ret_bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = digit(text[2 * i]);
        int low = high < 0 ? -1 : digit(text[2 * i + 1]);
        if (low < 0)
            return -EBADMSG;
        ret_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return text[2 * len] ? -EBADMSG : 0;
}

int gw_secret_random(void *ret, size_t len)
{
    if (RAND_bytes(ret, (int)len) == 1)
        return 0;
    ERR_clear_error();
    return -EIO;
}

int gw_secret_word(char ret_word[GW_SECRET_TEXT])
{
    uint8_t bytes[GW_SECRET_BYTES];
    int r = gw_secret_random(bytes, sizeof(bytes));
    if (r == 0)
        to_hex(bytes, sizeof(bytes), ret_word);
    OPENSSL_cleanse(bytes, sizeof(bytes));
    return r;
}

int gw_secret_sha256(const void *data, size_t len, uint8_t ret_digest[GW_SECRET_BYTES])
{
    if (EVP_Digest(data, len, ret_digest, NULL, EVP_sha256(), NULL) == 1)
        return 0;
    ERR_clear_error();
    return -ENOMEM;
}

int gw_secret_digest(const void *data, size_t len, char ret_digest[GW_SECRET_TEXT])
{
    uint8_t digest[GW_SECRET_BYTES];
    int r = gw_secret_sha256(data, len, digest);
    if (r == 0)
        to_hex(digest, sizeof(digest), ret_digest);
    return r;
}

// Returns 0 or negative errno; the context is the caller's.
static int digest_file(EVP_MD_CTX *md, int fd, uint8_t ret_digest[GW_SECRET_BYTES])
{
    char piece[64 * 1024];
    off_t at = 0;
    ssize_t n;
    if (!md || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1)
        return -ENOMEM;
    while ((n = pread(fd, piece, sizeof(piece), at)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (EVP_DigestUpdate(md, piece, (size_t)n) != 1)
            return -ENOMEM;
        at += n;
    }
    return EVP_DigestFinal_ex(md, ret_digest, NULL) == 1 ? 0 : -ENOMEM;
}

int gw_secret_file_digest(int fd, char ret_digest[GW_SECRET_TEXT])
{
    uint8_t digest[GW_SECRET_BYTES];
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    int r = digest_file(md, fd, digest);
    EVP_MD_CTX_free(md);
    if (r < 0)
        ERR_clear_error();
    else
        to_hex(digest, sizeof(digest), ret_digest);
    return r;
}

int gw_secret_sign(const uint8_t key[GW_SECRET_BYTES], const void *data, size_t len,
                   uint8_t ret_signature[GW_SECRET_BYTES])
{
    if (HMAC(EVP_sha256(), key, GW_SECRET_BYTES, data, len, ret_signature, NULL))
        return 0;
    ERR_clear_error();
    return -ENOMEM;
}

void gw_secret_hex(const uint8_t bytes[GW_SECRET_BYTES], char ret_text[GW_SECRET_TEXT])
{
    to_hex(bytes, GW_SECRET_BYTES, ret_text);
}

int gw_secret_unhex(const char *text, uint8_t ret_bytes[GW_SECRET_BYTES])
{
    uint8_t bytes[GW_SECRET_BYTES];
    int r = from_hex(text, bytes, sizeof(bytes));
    if (r == 0)
        memcpy(ret_bytes, bytes, sizeof(bytes));
    return r;
}

bool gw_secret_equal(const char *a, const char *b)
{
    size_t len = strlen(a);
    return len == strlen(b) && CRYPTO_memcmp(a, b, len) == 0;
}

static int derive(const char *password, const uint8_t salt[SALT_BYTES],
                  const struct cost *cost, uint8_t ret_hash[HASH_BYTES])
{
    if (EVP_PBE_scrypt(password, strlen(password), salt, SALT_BYTES, 1ull << cost->log_n,
                       cost->blocks, cost->parallel, MEMORY_MAX, ret_hash,
                       HASH_BYTES) == 1)
        return 0;
    ERR_clear_error();
    return -ENOMEM;
}

int gw_password_hash(const char *password, char ret_hash[GW_PASSWORD_HASH])
{
    static const struct cost cost = { LOG_N, BLOCKS, PARALLEL };
    uint8_t salt[SALT_BYTES], hash[HASH_BYTES];
    char salt_text[2 * SALT_BYTES + 1], hash_text[2 * HASH_BYTES + 1];

    int r = gw_secret_random(salt, sizeof(salt));
    if (r == 0)
        r = derive(password, salt, &cost, hash);
    if (r < 0)
        return r;
    to_hex(salt, sizeof(salt), salt_text);
    to_hex(hash, sizeof(hash), hash_text);
    snprintf(ret_hash, GW_PASSWORD_HASH, "$scrypt$ln=%d,r=%d,p=%d$%s$%s", LOG_N, BLOCKS,
             PARALLEL, salt_text, hash_text);
    return 0;
}

static int read_hash(const char *text, struct cost *ret_cost, uint8_t salt[SALT_BYTES],
                     uint8_t hash[HASH_BYTES])
{
    char salt_text[2 * SALT_BYTES + 1], hash_text[2 * HASH_BYTES + 2];
    if (sscanf(text, "$scrypt$ln=%2u,r=%2u,p=%2u$%32[0-9a-f]$%65s", &ret_cost->log_n,
               &ret_cost->blocks, &ret_cost->parallel, salt_text, hash_text) != 5)
        return -EBADMSG;
    bool fair = ret_cost->log_n >= 1 && ret_cost->log_n <= LOG_N_MAX &&
                ret_cost->blocks >= 1 && ret_cost->blocks <= BLOCKS_MAX &&
                ret_cost->parallel >= 1 && ret_cost->parallel <= PARALLEL_MAX;
    if (!fair || strlen(salt_text) != 2 * SALT_BYTES ||
        strlen(hash_text) != 2 * HASH_BYTES)
        return -EBADMSG;
    int r = from_hex(salt_text, salt, SALT_BYTES);
    return r < 0 ? r : from_hex(hash_text, hash, HASH_BYTES);
}

int gw_password_check(const char *password, const char *hash)
{
    struct cost cost = { LOG_N, BLOCKS, PARALLEL };
    uint8_t salt[SALT_BYTES] = { 0 }, kept[HASH_BYTES] = { 0 }, got[HASH_BYTES];

    int r = hash ? read_hash(hash, &cost, salt, kept) : 0;
    if (r == 0)
        r = derive(password, salt, &cost, got);
    if (r < 0)
        return r;
    bool same = CRYPTO_memcmp(kept, got, sizeof(kept)) == 0;
    return hash && same ? 0 : -EACCES;
}
