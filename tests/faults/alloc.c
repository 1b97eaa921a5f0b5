#include "tests/faults/alloc.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

// What the linker calls what it wraps.
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
char *__real_strdup(const char *s);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *s);
int __wrap_asprintf(char **ret_text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static _Thread_local bool armed;
static _Thread_local bool fired;
static _Thread_local uint64_t left; // allocations ahead of the one that fails
static _Thread_local int64_t held;

// Is this the one that fails?
static bool fails(void)
{
    if (!armed || fired || left--)
        return false;
    fired = true;
    errno = ENOMEM;
    return true;
}

static void *hold(void *block)
{
    if (block)
        held++;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : hold(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : hold(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (fails())
        return NULL;
    void *moved = __real_realloc(block, size);
    return block ? moved : hold(moved);
}

void __wrap_free(void *block)
{
    if (block)
        held--;
    __real_free(block);
}

char *__wrap_strdup(const char *s)
{
    return fails() ? NULL : hold(__real_strdup(s));
}

int __wrap_asprintf(char **ret_text, const char *format, ...)
{
    va_list args;

    if (fails())
        return -1;
    va_start(args, format);
    int n = vasprintf(ret_text, format, args);
    va_end(args);
    if (n >= 0)
        (void)hold(*ret_text);
    return n;
}

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_malloc(size);
}

static void *crypto_realloc(void *block, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_realloc(block, size);
}

static void crypto_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    __wrap_free(block);
}

void alloc_begin(void)
{
    if (uv_replace_allocator(__wrap_malloc, __wrap_realloc, __wrap_calloc, __wrap_free) ||
        !CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free))
        abort();

    // OpenSSL 3.0 crashes when memory is out while it sets itself up.
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len;
    if (!EVP_Digest("", 0, digest, &len, EVP_md5(), NULL) ||
        !EVP_Digest("", 0, digest, &len, EVP_sha256(), NULL))
        abort();
}

void alloc_arm(uint64_t nth)
{
    left = nth;
    fired = false;
    armed = true;
}

bool alloc_disarm(void)
{
    armed = false;
    return fired;
}

bool alloc_fired(void)
{
    return fired;
}

int64_t alloc_held(void)
{
    OPENSSL_thread_stop();
    return held;
}
