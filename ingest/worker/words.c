#include "ingest/worker/words.h"

#include "ingest/worker/mask.h"

#include <libavutil/error.h>
#include <libavutil/log.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Threads of libavformat and of its libraries log too.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char last[GW_WORDS_MAX];

static void keep(void *object, int level, const char *format, va_list args)
{
    char line[GW_WORDS_MAX];
    int prefix = 0; // an address in memory says nothing to anybody

    if (level > AV_LOG_ERROR)
        return;
    (void)object;
    (void)av_log_format_line2(NULL, level, format, args, line, sizeof(line), &prefix);
    line[strcspn(line, "\r\n")] = '\0';
    if (!*line)
        return;
    pthread_mutex_lock(&lock);
    strcpy(last, line);
    pthread_mutex_unlock(&lock);
}

void gw_words_begin(void)
{
    av_log_set_callback(keep);
}

void gw_words_end(enum gw_cause cause, int error, const struct gw_stream_url *url)
{
    char what[AV_ERROR_MAX_STRING_SIZE] = "";
    char line[sizeof(last)];

    if (error)
        (void)av_strerror(error, what, sizeof(what));
    pthread_mutex_lock(&lock);
    strcpy(line, last);
    pthread_mutex_unlock(&lock);
    gw_mask_addresses(line);
    if (url && url->user) {
        gw_mask_secret(line, url->password);
        gw_mask_secret(line, url->user);
    }
    fprintf(stderr, "%s%s%s%s%s\n", gw_cause_name(cause), *what ? ": " : "", what,
            *line ? ": " : "", line);
}
