#include "app/entity_tag.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

// FNV-1a: tells answers apart, keeps no secret.
static uint64_t hash(const uint8_t *bytes, size_t len)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ bytes[i]) * 1099511628211u;
    return h;
}

void gw_entity_tag_write(int64_t revision, const struct gw_buf *body,
                         char ret_tag[GW_ENTITY_TAG_MAX])
{
    snprintf(ret_tag, GW_ENTITY_TAG_MAX, "\"%lld-%016llx\"", (long long)revision,
             (unsigned long long)hash(gw_buf_data(body), gw_buf_len(body)));
}

struct tag {
    bool weak;
    const char *text; // without quotes, not ended
    size_t len;
};

// RFC 9110 section 8.8.3: etagc.
static bool is_tag_char(char c)
{
    unsigned char u = (unsigned char)c;
    return u == 0x21 || (u >= 0x23 && u != 0x7f);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

// The next tag of a list. Returns 1, 0 at its end, or -EBADMSG.
static int next_tag(const char **at, struct tag *ret_tag)
{
    const char *p = *at;
    while (is_space(*p) || *p == ',') // empty elements are allowed: section 5.6.1.2
        p++;
    *at = p;
    if (!*p)
        return 0;
    struct tag tag = { .weak = strncmp(p, "W/", 2) == 0 };
    p += tag.weak ? 2 : 0;
    if (*p++ != '"')
        return -EBADMSG;
    tag.text = p;
    while (is_tag_char(*p))
        p++;
    tag.len = (size_t)(p - tag.text);
    if (*p++ != '"')
        return -EBADMSG;
    while (is_space(*p))
        p++;
    if (*p && *p != ',')
        return -EBADMSG;
    *at = p;
    *ret_tag = tag;
    return 1;
}

// The digits before the "-". False: it is none of our tags.
static bool read_revision(const struct tag *tag, int64_t *ret_revision)
{
    enum { DIGITS_MAX = 18 }; // below 2^63
    int64_t revision = 0;
    size_t digits = 0;
    for (; digits < tag->len && tag->text[digits] >= '0' && tag->text[digits] <= '9';
         digits++) {
        if (digits == DIGITS_MAX)
            return false;
        revision = revision * 10 + (tag->text[digits] - '0');
    }
    if (digits == 0 || digits == tag->len || tag->text[digits] != '-')
        return false;
    *ret_revision = revision;
    return true;
}

static bool is_star(const char *text)
{
    text += strspn(text, " \t");
    return *text == '*' && text[1 + strspn(text + 1, " \t")] == '\0';
}

int gw_entity_tags_read(const char *text, enum gw_tag_comparison comparison,
                        struct gw_revisions *ret_revisions)
{
    struct gw_revisions found = { .given = *text != '\0', .any = is_star(text) };
    struct tag tag;
    int r = 0;
    while (!found.any && (r = next_tag(&text, &tag)) > 0) {
        int64_t revision;
        if ((tag.weak && comparison == GW_TAGS_STRONG) || !read_revision(&tag, &revision))
            continue;
        if (found.count == GW_REVISIONS_MAX)
            return -EMSGSIZE;
        found.list[found.count++] = revision;
    }
    if (r < 0)
        return r;
    *ret_revisions = found;
    return 0;
}

int gw_precondition_read(const char *if_match, const char *if_none_match,
                         struct gw_precondition *ret_when)
{
    struct gw_precondition when = { 0 };
    int r = gw_entity_tags_read(if_match, GW_TAGS_STRONG, &when.match);
    if (r == 0)
        r = gw_entity_tags_read(if_none_match, GW_TAGS_WEAK, &when.none);
    if (r == 0)
        *ret_when = when;
    return r;
}

bool gw_entity_tags_have(const char *text, const char *wanted)
{
    struct tag tag;
    size_t len = strlen(wanted);
    if (is_star(text))
        return true;
    while (next_tag(&text, &tag) > 0)
        if (tag.len + 2 == len && memcmp(tag.text, wanted + 1, tag.len) == 0)
            return true;
    return false;
}
