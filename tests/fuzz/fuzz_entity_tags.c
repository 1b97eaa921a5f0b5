// Properties: the revisions of a list, written down again as a list, read the same; the
// strong comparison finds no more than the weak one; and a list that names a revision of
// ours has its tag.

#include "app/entity_tag.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct gw_revisions *read)
{
    char text[GW_REVISIONS_MAX * 32] = "", tag[32];
    struct gw_revisions again;
    size_t len = 0;
    for (size_t i = 0; i < read->count; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "\"%lld-x\",",
                                (long long)read->list[i]);
    if (gw_entity_tags_read(text, GW_TAGS_STRONG, &again) || again.count != read->count)
        abort();
    for (size_t i = 0; i < read->count; i++) {
        snprintf(tag, sizeof(tag), "\"%lld-x\"", (long long)read->list[i]);
        if (again.list[i] != read->list[i] || !gw_entity_tags_have(text, tag))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_revisions strong, weak;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    int r = gw_entity_tags_read(text, GW_TAGS_WEAK, &weak);
    int s = gw_entity_tags_read(text, GW_TAGS_STRONG, &strong);
    if (r == 0 && (s != 0 || strong.count > weak.count || strong.any != weak.any))
        abort();
    if (r == 0 && weak.any && !gw_entity_tags_have(text, "\"1-0\""))
        abort();
    if (r == 0)
        check_again(&weak);
    free(text);
    return 0;
}
