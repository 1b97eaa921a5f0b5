#include "app/norm_words.h"

// A switch without a default: the compiler minds a cause that is missing.
enum gw_norm_word gw_norm_of_cause(enum gw_cause cause)
{
    switch (cause) {
    case GW_CAUSE_NO_ROUTE:
    case GW_CAUSE_TIMEOUT:
    case GW_CAUSE_UNRESOLVED: return GW_NORM_NO_ROUTE;
    case GW_CAUSE_REFUSED: return GW_NORM_REFUSED;
    case GW_CAUSE_PASSWORD:
    case GW_CAUSE_FORBIDDEN: return GW_NORM_PASSWORD;
    case GW_CAUSE_NOT_FOUND: return GW_NORM_NOT_FOUND;
    case GW_CAUSE_NO_VIDEO:
    case GW_CAUSE_CODEC:
    case GW_CAUSE_UNREADABLE:
    case GW_CAUSE_UNSIZED: return GW_NORM_NO_VIDEO;
    case GW_CAUSE_STALLED:
    case GW_CAUSE_INCOMPLETE:
    case GW_CAUSE_UDP_SILENT: return GW_NORM_STALLED;
    case GW_CAUSE_NONE:
    case GW_CAUSE_BAD_URL:
    case GW_CAUSE_BUSY:
    case GW_CAUSE_STATUS:
    case GW_CAUSE_NOT_RTSP:
    case GW_CAUSE_CLOSED:
    case GW_CAUSE_FILES:
    case GW_CAUSE_WORKER:
    case GW_CAUSE_NOT_PUSHED:
    case GW_CAUSE_TRANSPORT:
    case GW_CAUSE_REDIRECT:
    case GW_CAUSE_TLS:
    case GW_CAUSE_TLS_UNTRUSTED:
    case GW_CAUSE_TLS_NAME:
    case GW_CAUSE_TLS_EXPIRED:
    case GW_CAUSE_OUR_LIMIT:
    case GW_CAUSES: break;
    }
    return GW_NORM_OTHER;
}

static const struct {
    const char *name;
    struct gw_text text;
} words[GW_NORM_WORDS] = {
    [GW_NORM_UNJUDGED] = { "unjudged", { "Not judged", "未检测" } },
    [GW_NORM_INTACT] = { "intact", { "Intact", "完好" } },
    [GW_NORM_BROKEN] = { "broken", { "Online, pictures not whole", "在线但画面异常" } },
    [GW_NORM_NO_ROUTE] = { "no_route", { "Not reached", "网络不通" } },
    [GW_NORM_REFUSED] = { "refused", { "Connection refused", "端口拒绝" } },
    [GW_NORM_PASSWORD] = { "wrong_password", { "Wrong password", "密码错误" } },
    [GW_NORM_NOT_FOUND] = { "not_found", { "No such stream", "码流不存在" } },
    [GW_NORM_NO_VIDEO] = { "no_video", { "No video", "无视频" } },
    [GW_NORM_STALLED] = { "stalled", { "Pictures stall", "画面中断" } },
    [GW_NORM_OTHER] = { "other", { "Other causes", "其他原因" } },
};

const char *gw_norm_name(enum gw_norm_word word)
{
    return words[word].name;
}

struct gw_text gw_norm_text(enum gw_norm_word word)
{
    return words[word].text;
}
