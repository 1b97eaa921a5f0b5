#include "app/screens.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_CHARACTERS = 8 };

// Without 0 O, 1 I L, 5 S, 8 B, 2 Z, U V: read from afar, and over the telephone.
static const char alphabet[] = "34679ACDEFGHJKMNPQRTWXY";

enum state { FREE, WAITING, CLAIMED, LET_IN };

struct screen {
    enum state state;
    char code[CODE_CHARACTERS + 1];
    char digest[GW_SECRET_TEXT]; // of its word
    char address[GW_SCREEN_ADDRESS_MAX];
    char name[GW_ACCOUNT_NAME_MAX + 1]; // LET_IN
    uint64_t until_ms;
};

struct gw_screens {
    pthread_mutex_t lock; // for all below
    struct screen screens[GW_SCREENS_WAITING_MAX];
};

struct gw_screens *gw_screens_create(void)
{
    struct gw_screens *s = calloc(1, sizeof(*s));
    if (s)
        pthread_mutex_init(&s->lock, NULL);
    return s;
}

void gw_screens_destroy(struct gw_screens *s)
{
    if (!s)
        return;
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void forget_old(struct gw_screens *s, uint64_t now_ms)
{
    for (size_t i = 0; i < GW_SCREENS_WAITING_MAX; i++)
        if (s->screens[i].until_ms <= now_ms)
            s->screens[i] = (struct screen) { 0 };
}

static struct screen *by_code(struct gw_screens *s, enum state state, const char *code)
{
    for (size_t i = 0; i < GW_SCREENS_WAITING_MAX; i++)
        if (s->screens[i].state == state && gw_secret_equal(s->screens[i].code, code))
            return &s->screens[i];
    return NULL;
}

// Where a new one goes; NULL: as many wait as may.
static struct screen *room(struct gw_screens *s, const char *address)
{
    struct screen *free_one = NULL;
    size_t of_address = 0;
    for (size_t i = 0; i < GW_SCREENS_WAITING_MAX; i++) {
        struct screen *screen = &s->screens[i];
        if (screen->state == FREE)
            free_one = screen;
        else if (strncmp(screen->address, address, GW_SCREEN_ADDRESS_MAX - 1) == 0)
            of_address++;
    }
    return of_address < GW_SCREENS_OF_ADDRESS ? free_one : NULL;
}

// Bytes that would make some characters likelier than others are passed over.
static int make_code(char ret_code[CODE_CHARACTERS + 1])
{
    const size_t letters = sizeof(alphabet) - 1;
    char code[CODE_CHARACTERS + 1] = "";
    for (size_t n = 0; n < CODE_CHARACTERS;) {
        uint8_t byte;
        int r = gw_secret_random(&byte, 1);
        if (r < 0)
            return r;
        if (byte < 256 / letters * letters)
            code[n++] = alphabet[byte % letters];
    }
    memcpy(ret_code, code, sizeof(code));
    return 0;
}

static int make(const char *address, uint64_t now_ms, struct screen *ret_screen,
                char ret_word[GW_SECRET_TEXT])
{
    struct screen fresh = { .state = WAITING,
                            .until_ms = now_ms + GW_SCREEN_CODE_S * 1000ull };
    snprintf(fresh.address, sizeof(fresh.address), "%s", address);
    int r = make_code(fresh.code);
    if (r == 0)
        r = gw_secret_word(ret_word);
    if (r == 0)
        r = gw_secret_digest(ret_word, strlen(ret_word), fresh.digest);
    if (r == 0)
        *ret_screen = fresh;
    return r;
}

int gw_screens_begin(struct gw_screens *s, const char *address, uint64_t now_ms,
                     char ret_code[GW_SCREEN_CODE], char ret_word[GW_SECRET_TEXT])
{
    struct screen fresh;
    int r = make(address, now_ms, &fresh, ret_word);
    if (r < 0)
        return r;
    pthread_mutex_lock(&s->lock);
    forget_old(s, now_ms);
    struct screen *screen = room(s, address);
    if (screen)
        *screen = fresh;
    pthread_mutex_unlock(&s->lock);
    if (!screen)
        return -EBUSY;
    snprintf(ret_code, GW_SCREEN_CODE, "%.4s-%.4s", fresh.code, fresh.code + 4);
    return 0;
}

// The characters of a code among whatever was typed. False: there are not as many.
static bool read_code(const char *typed, char ret_code[CODE_CHARACTERS + 1])
{
    size_t n = 0;
    for (const char *c = typed; *c; c++) {
        char letter = (char)toupper((unsigned char)*c);
        if (!strchr(alphabet, letter))
            continue;
        if (n == CODE_CHARACTERS)
            return false;
        ret_code[n++] = letter;
    }
    ret_code[n] = '\0';
    return n == CODE_CHARACTERS;
}

int gw_screens_claim(struct gw_screens *s, const char *code, uint64_t now_ms)
{
    char read[CODE_CHARACTERS + 1];
    if (!read_code(code, read))
        return -ENOENT;
    pthread_mutex_lock(&s->lock);
    forget_old(s, now_ms);
    struct screen *screen = by_code(s, WAITING, read);
    if (screen)
        screen->state = CLAIMED;
    pthread_mutex_unlock(&s->lock);
    return screen ? 0 : -ENOENT;
}

void gw_screens_enrol(struct gw_screens *s, const char *code, const char *name)
{
    char read[CODE_CHARACTERS + 1];
    if (!read_code(code, read))
        return;
    pthread_mutex_lock(&s->lock);
    struct screen *screen = by_code(s, CLAIMED, read);
    if (screen) {
        screen->state = name ? LET_IN : WAITING;
        snprintf(screen->name, sizeof(screen->name), "%s", name ? name : "");
    }
    pthread_mutex_unlock(&s->lock);
}

int gw_screens_ask(struct gw_screens *s, const char *word, uint64_t now_ms,
                   char ret_name[GW_ACCOUNT_NAME_MAX + 1])
{
    char digest[GW_SECRET_TEXT];
    int r = gw_secret_digest(word, strlen(word), digest);
    if (r < 0)
        return r;
    r = -ENOENT;
    pthread_mutex_lock(&s->lock);
    forget_old(s, now_ms);
    for (size_t i = 0; i < GW_SCREENS_WAITING_MAX; i++) {
        struct screen *screen = &s->screens[i];
        if (screen->state == FREE || !gw_secret_equal(screen->digest, digest))
            continue;
        r = screen->state == LET_IN ? 0 : -EAGAIN;
        if (r == 0)
            memcpy(ret_name, screen->name, sizeof(screen->name));
    }
    pthread_mutex_unlock(&s->lock);
    return r;
}
