#include "map/labels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/utf8.h"

// A word within the text that is read.
struct word {
    const char *start;
    size_t len;
};

static const char *const separators[] = { ",", ";", "|", "、", "，", "；", "｜" };

// The length of the separator at `s`, 0 where there is none.
static size_t separator_at(const char *s)
{
    for (size_t i = 0; i < sizeof(separators) / sizeof(*separators); i++) {
        size_t len = strlen(separators[i]);
        if (strncmp(s, separators[i], len) == 0)
            return len;
    }
    return 0;
}

static struct word trimmed(const char *start, const char *end)
{
    while (start < end && *start == ' ')
        start++;
    while (end > start && end[-1] == ' ')
        end--;
    return (struct word) { start, (size_t)(end - start) };
}

static int compare(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->start, y->start, len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

// Returns how many, or -EMSGSIZE.
static int split(const char *text, struct word words[GW_LABELS_MAX])
{
    int n = 0;
    for (const char *at = text;;) {
        const char *end = at;
        while (*end && !separator_at(end))
            end++;
        struct word word = trimmed(at, end);
        if (word.len > GW_LABEL_MAX || (word.len && n == GW_LABELS_MAX))
            return -EMSGSIZE;
        if (word.len)
            words[n++] = word;
        if (!*end)
            return n;
        at = end + separator_at(end);
    }
}

int gw_labels_read(const char *text, char ret_labels[GW_LABELS_BYTES])
{
    struct word words[GW_LABELS_MAX];
    size_t bytes = strlen(text);
    char *to = ret_labels;

    if (!gw_is_plain_text(text, bytes))
        return -EBADMSG;
    int n = split(text, words);
    if (n < 0)
        return n;
    qsort(words, (size_t)n, sizeof(*words), compare);
    for (int i = 0; i < n; i++) {
        if (i && compare(&words[i], &words[i - 1]) == 0)
            continue;
        if (to > ret_labels)
            *to++ = ',';
        memcpy(to, words[i].start, words[i].len);
        to += words[i].len;
    }
    *to = '\0';
    return 0;
}

bool gw_label_valid(const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < len; i++)
        if (separator_at(word + i))
            return false;
    return len > 0 && gw_is_plain_text(word, GW_LABEL_MAX);
}

size_t gw_labels_first(const char *labels)
{
    return strcspn(labels, ",");
}

const char *gw_labels_next(const char *labels)
{
    labels += strcspn(labels, ",");
    return *labels ? labels + 1 : labels;
}

bool gw_labels_contain(const char *labels, const char *label)
{
    size_t wanted = strlen(label);
    for (; *labels; labels = gw_labels_next(labels)) {
        size_t len = gw_labels_first(labels);
        if (len == wanted && memcmp(labels, label, len) == 0)
            return true;
    }
    return false;
}
