#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *gw_text_in(struct gw_text t, enum gw_lang lang)
{
    return lang == GW_LANG_ZH ? t.zh : t.en;
}

enum gw_lang gw_lang_of_terminal(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *v = getenv(names[i]);
        if (v && *v)
            return strncasecmp(v, "zh", 2) == 0 ? GW_LANG_ZH : GW_LANG_EN;
    }
    return GW_LANG_EN;
}

enum gw_lang gw_lang_of_header(const char *accept_language)
{
    if (!accept_language)
        return GW_LANG_EN;
    // Browsers list languages in order of preference; weights only repeat it.
    const char *zh = strcasestr(accept_language, "zh");
    const char *en = strcasestr(accept_language, "en");
    return zh && (!en || zh < en) ? GW_LANG_ZH : GW_LANG_EN;
}
