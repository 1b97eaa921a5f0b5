#include "app/audit_words.h"

#include "app/time_text.h"

#include <stdio.h>
#include <string.h>

bool gw_audit_is_good(const struct gw_audit_verdict *v)
{
    return v->fault == GW_AUDIT_GOOD && v->has_key && !v->other_key;
}

static const struct gw_text no_key = {
    " audit.key is missing, so whether the end was cut off cannot be told; put it back "
    "from a copy.",
    "缺少 audit.key，无法判断末尾是否被截断；请从备份恢复该文件。",
};
static const struct gw_text other_key = {
    " audit.key is not the one that signed the end, so whether it was cut off cannot be "
    "told; put back the right one from a copy.",
    "audit.key "
    "与签署日志末尾的密钥不符，无法判断末尾是否被截断；请从备份恢复正确的文件。",
};

// Not a format of ours to check: the table's texts have one "%lld" each.
static void write_fault(const struct gw_audit_verdict *v, enum gw_lang lang, char *ret,
                        size_t size)
{
    static const char mark[] = "%lld";
    const char *text = gw_text_in(gw_audit_fault_text(v->fault), lang);
    const char *at = strstr(text, mark);
    if (at)
        snprintf(ret, size, "%.*s%lld%s", (int)(at - text), text, (long long)v->fault_seq,
                 at + sizeof(mark) - 1);
    else
        snprintf(ret, size, "%s", text);
}

void gw_audit_words(const struct gw_audit_verdict *v, enum gw_lang lang,
                    char ret_words[GW_AUDIT_WORDS_MAX])
{
    char fault[256], from[GW_TIME_TEXT] = "-", to[GW_TIME_TEXT] = "-";
    struct gw_text key = { "", "" };
    write_fault(v, lang, fault, sizeof(fault));
    if (v->entries) {
        gw_time_write(v->from_ms, from);
        gw_time_write(v->to_ms, to);
    }
    if (v->entries && !v->has_key)
        key = no_key;
    else if (v->other_key)
        key = other_key;
    bool good = v->fault == GW_AUDIT_GOOD;
    if (lang == GW_LANG_ZH)
        snprintf(ret_words, GW_AUDIT_WORDS_MAX,
                 "审计日志%s：%s。正常的条目 %zu 条（第 %lld 至 %lld 条，%s 至 %s），"
                 "已核对变更 %zu 条，此前已清理 %zu 条。%s",
                 good ? "正常" : "已损坏", fault, v->entries, (long long)v->first_seq,
                 (long long)v->last_seq, from, to, v->changes, v->pruned, key.zh);
    else
        snprintf(ret_words, GW_AUDIT_WORDS_MAX,
                 "The audit log %s: %s. In order: %zu entries (%lld to %lld, from %s to "
                 "%s), %zu changes compared; %zu entries were given up before.%s",
                 good ? "is good" : "IS BROKEN", fault, v->entries,
                 (long long)v->first_seq, (long long)v->last_seq, from, to, v->changes,
                 v->pruned, key.en);
}
