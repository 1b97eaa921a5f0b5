#include "map/pinyin.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unicode/utrans.h>

#include "map/utf8.h"

// Characters that names are written with; rarer ones are left out.
enum { HAN_FIRST = 0x3400, HAN_LAST = 0x9fff, READING_MAX = 16 };

// Asking ICU takes microseconds: each character is asked for once. 0: not yet.
enum { NONE = 1 };
static _Atomic char readings[HAN_LAST - HAN_FIRST + 1];

// Opened with the first character and kept: a process that never meets a new name never
// loads ICU's tables.
static struct {
    pthread_mutex_t lock;
    UTransliterator *transform;
} icu = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int open_transform(void)
{
    static const UChar id[] = u"Han-Latin; Latin-ASCII; Lower";
    UErrorCode error = U_ZERO_ERROR;
    if (icu.transform)
        return 0;
    icu.transform = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    if (error == U_MEMORY_ALLOCATION_ERROR)
        return -ENOMEM;
    return U_FAILURE(error) ? -ENOTSUP : 0;
}

// Under the lock.
static char ask(uint32_t code)
{
    UChar text[READING_MAX] = { (UChar)code };
    int32_t len = 1, limit = 1;
    UErrorCode error = U_ZERO_ERROR;
    utrans_transUChars(icu.transform, text, &len, READING_MAX, 0, &limit, &error);
    bool found = U_SUCCESS(error) && len > 0 && text[0] >= 'a' && text[0] <= 'z';
    return found ? (char)text[0] : NONE;
}

static int reading_of(uint32_t code, char *ret_initial)
{
    _Atomic char *known = &readings[code - HAN_FIRST];
    char initial = atomic_load_explicit(known, memory_order_relaxed);
    int r = 0;

    if (!initial) {
        pthread_mutex_lock(&icu.lock);
        r = open_transform();
        if (r == 0)
            initial = ask(code);
        pthread_mutex_unlock(&icu.lock);
        atomic_store_explicit(known, initial, memory_order_relaxed);
    }
    if (r == 0)
        *ret_initial = initial;
    return r;
}

int gw_pinyin_initials(const char *text, char ret_initials[GW_INITIALS_MAX + 1])
{
    size_t n = 0;
    while (*text && n < GW_INITIALS_MAX) {
        uint32_t code = gw_utf8_next(&text);
        char initial = NONE;
        int r = 0;
        if (code < 0x80 && isalnum((int)code))
            initial = (char)tolower((int)code);
        else if (code >= HAN_FIRST && code <= HAN_LAST)
            r = reading_of(code, &initial);
        if (r < 0)
            return r;
        if (initial != NONE)
            ret_initials[n++] = initial;
    }
    ret_initials[n] = '\0';
    return 0;
}
