#include "map/seal.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "map/secret.h"

enum {
    VERSION = 1,
    ID_BYTES = 4,
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    HEAD_BYTES = 1 + ID_BYTES + NONCE_BYTES,
    PLACE_BYTES = 1 + 4 + 1, // what is authenticated beside the text
};

// One direction. A key is spread over its rounds once, not for each text.
struct way {
    EVP_CIPHER_CTX *ctx;
    bool has_key;
    uint8_t key[GW_SEAL_KEY_BYTES];
};

struct gw_sealer {
    struct way in, out;
};

static void write_u32(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t read_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 |
           from[3];
}

int gw_seal_key_of(const uint8_t bytes[GW_SEAL_KEY_BYTES], struct gw_seal_key *ret_key)
{
    static const char label[] = "gridwall key id";
    uint8_t data[sizeof(label) + GW_SEAL_KEY_BYTES], hash[EVP_MAX_MD_SIZE];

    memcpy(data, label, sizeof(label));
    memcpy(data + sizeof(label), bytes, GW_SEAL_KEY_BYTES);
    int good = EVP_Digest(data, sizeof(data), hash, NULL, EVP_sha256(), NULL);
    OPENSSL_cleanse(data, sizeof(data));
    if (good != 1) {
        ERR_clear_error();
        return -ENOMEM;
    }
    memcpy(ret_key->bytes, bytes, GW_SEAL_KEY_BYTES);
    ret_key->id = read_u32(hash);
    return 0;
}

int gw_seal_key_make(struct gw_seal_key *ret_key)
{
    uint8_t bytes[GW_SEAL_KEY_BYTES];
    int r = gw_secret_random(bytes, sizeof(bytes));
    if (r == 0)
        r = gw_seal_key_of(bytes, ret_key);
    OPENSSL_cleanse(bytes, sizeof(bytes));
    return r;
}

struct gw_sealer *gw_sealer_create(void)
{
    struct gw_sealer *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->in.ctx = EVP_CIPHER_CTX_new();
    s->out.ctx = EVP_CIPHER_CTX_new();
    if (s->in.ctx && s->out.ctx)
        return s;
    ERR_clear_error();
    gw_sealer_destroy(s);
    return NULL;
}

void gw_sealer_destroy(struct gw_sealer *s)
{
    if (!s)
        return;
    EVP_CIPHER_CTX_free(s->in.ctx);
    EVP_CIPHER_CTX_free(s->out.ctx);
    OPENSSL_cleanse(s, sizeof(*s));
    free(s);
}

// The cipher with key and nonce, and what it belongs to put in.
static bool begin(struct way *way, bool encrypt, const struct gw_seal_key *key,
                  struct gw_seal_place place, const uint8_t *nonce)
{
    uint8_t beside[PLACE_BYTES] = { VERSION };
    int n;
    if (!way->has_key || CRYPTO_memcmp(way->key, key->bytes, sizeof(way->key)) != 0) {
        way->has_key = EVP_CipherInit_ex(way->ctx, EVP_aes_256_gcm(), NULL, key->bytes,
                                         NULL, encrypt) == 1;
        memcpy(way->key, key->bytes, sizeof(way->key));
    }
    write_u32(beside + 1, place.camera);
    beside[5] = place.sub ? 1 : 0;
    return way->has_key &&
           EVP_CipherInit_ex(way->ctx, NULL, NULL, NULL, nonce, encrypt) == 1 &&
           EVP_CipherUpdate(way->ctx, NULL, &n, beside, sizeof(beside)) == 1;
}

int gw_seal(struct gw_sealer *s, const struct gw_seal_key *key,
            struct gw_seal_place place, const char *text, size_t len, uint8_t *ret_sealed)
{
    uint8_t *nonce = ret_sealed + 1 + ID_BYTES, *body = ret_sealed + HEAD_BYTES;
    uint8_t none[TAG_BYTES];
    int n = 0, last = 0;

    ret_sealed[0] = VERSION;
    write_u32(ret_sealed + 1, key->id);
    int r = gw_secret_random(nonce, NONCE_BYTES);
    if (r < 0)
        return r;
    if (begin(&s->in, true, key, place, nonce) &&
        EVP_CipherUpdate(s->in.ctx, body, &n, (const uint8_t *)text, (int)len) == 1 &&
        EVP_CipherFinal_ex(s->in.ctx, none, &last) == 1 &&
        EVP_CIPHER_CTX_ctrl(s->in.ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, body + len) == 1)
        return 0;
    ERR_clear_error();
    return -ENOMEM;
}

int gw_seal_key_id(const uint8_t *sealed, size_t len, uint32_t *ret_id)
{
    if (len < GW_SEAL_EXTRA || sealed[0] != VERSION)
        return -EBADMSG;
    *ret_id = read_u32(sealed + 1);
    return 0;
}

int gw_unseal(struct gw_sealer *s, const struct gw_seal_key *key,
              struct gw_seal_place place, const uint8_t *sealed, size_t len,
              char *ret_text)
{
    const uint8_t *nonce = sealed + 1 + ID_BYTES, *body = sealed + HEAD_BYTES;
    uint8_t tag[TAG_BYTES];
    int n = 0, last = 0;
    uint32_t id;

    int r = gw_seal_key_id(sealed, len, &id);
    if (r < 0 || id != key->id)
        return -EBADMSG;
    size_t text_len = len - GW_SEAL_EXTRA;
    memcpy(tag, body + text_len, sizeof(tag));
    if (!begin(&s->out, false, key, place, nonce) ||
        EVP_CIPHER_CTX_ctrl(s->out.ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) != 1) {
        ERR_clear_error();
        return -ENOMEM;
    }
    if (EVP_CipherUpdate(s->out.ctx, (uint8_t *)ret_text, &n, body, (int)text_len) == 1 &&
        EVP_CipherFinal_ex(s->out.ctx, tag, &last) == 1) {
        ret_text[text_len] = '\0';
        return 0;
    }
    ERR_clear_error();
    OPENSSL_cleanse(ret_text, text_len + 1);
    return -EBADMSG;
}
