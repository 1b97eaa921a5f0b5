// Random words, digests of what must not be kept as it is, and passwords. Beside
// map/seal.h the only file of map/ that sees the cryptography library. Any thread.
#ifndef GW_MAP_SECRET_H
#define GW_MAP_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_SECRET_BYTES = 32,    // of a random word or a key, 256 bits
    GW_SECRET_TEXT = 64 + 1, // its hexadecimal digits, NUL included
    GW_PASSWORD_MIN = 10,    // bytes
    GW_PASSWORD_MAX = 256,   // bytes
    GW_PASSWORD_HASH = 160,  // bytes of a kept password's text, NUL included
};

// Fills `len` bytes with what nobody can guess. Returns 0, or -EIO when the system has
// none to give.
int gw_secret_random(void *ret, size_t len);

// A new word of GW_SECRET_BYTES in hexadecimal digits. Returns 0 or -EIO.
int gw_secret_word(char ret_word[GW_SECRET_TEXT]);

// SHA-256 (FIPS 180-4) of `len` bytes, in hexadecimal digits. Returns 0 or -ENOMEM.
int gw_secret_digest(const void *data, size_t len, char ret_digest[GW_SECRET_TEXT]);

// The same as GW_SECRET_BYTES bytes.
int gw_secret_sha256(const void *data, size_t len, uint8_t ret_digest[GW_SECRET_BYTES]);

// The same of all that a file holds, wherever its descriptor stands, as hexadecimal
// digits. Also -EIO; -ESPIPE for what is no file.
int gw_secret_file_digest(int fd, char ret_digest[GW_SECRET_TEXT]);

// HMAC-SHA-256 (RFC 2104): nobody without the key can make it. Returns 0 or -ENOMEM.
int gw_secret_sign(const uint8_t key[GW_SECRET_BYTES], const void *data, size_t len,
                   uint8_t ret_signature[GW_SECRET_BYTES]);

// GW_SECRET_BYTES as lower-case hexadecimal digits, and back: -EBADMSG for anything else.
void gw_secret_hex(const uint8_t bytes[GW_SECRET_BYTES], char ret_text[GW_SECRET_TEXT]);
int gw_secret_unhex(const char *text, uint8_t ret_bytes[GW_SECRET_BYTES]);

// Whether two texts are equal, in a time that tells nothing of where they differ.
bool gw_secret_equal(const char *a, const char *b);

// What is kept of a password: scrypt (RFC 7914) with a salt of its own, as
// "$scrypt$ln=15,r=8,p=1$SALT$HASH", so that a later cost is no new format. Takes 32 MiB
// and some 100 ms: not on a shard. Returns 0, -ENOMEM or -EIO.
int gw_password_hash(const char *password, char ret_hash[GW_PASSWORD_HASH]);

// Returns 0 when the password is the one, -EACCES when it is not, -EBADMSG when `hash` is
// none, -ENOMEM. NULL for `hash` (there is no such user) takes as long as any and is
// -EACCES.
int gw_password_check(const char *password, const char *hash);

#endif
