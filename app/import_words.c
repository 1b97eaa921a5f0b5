#include "app/import_words.h"

struct gw_text gw_import_issue_kind(const struct gw_import_issue *issue)
{
    return issue->kept ? (struct gw_text) { "note", "提示" }
                       : (struct gw_text) { "error", "错误" };
}

struct gw_text gw_import_issue_done(const struct gw_import_issue *issue)
{
    return issue->kept ? (struct gw_text) { "kept", "保留" }
                       : (struct gw_text) { "left out", "未导入" };
}

struct gw_text gw_import_change_kind(enum gw_import_change_kind kind)
{
    static const struct gw_text kinds[] = {
        [GW_IMPORT_ADDED] = { "new", "新增" },
        [GW_IMPORT_CHANGED] = { "changed", "变更" },
        [GW_IMPORT_GONE] = { "gone", "文件中没有" },
    };
    return kinds[kind];
}

struct gw_text gw_import_change_done(enum gw_import_change_kind kind,
                                     const struct gw_import_config *config)
{
    if (kind == GW_IMPORT_GONE && !config->remove_gone)
        return (struct gw_text) { "stays in the registry", "保留在台账中" };
    if (config->dry_run)
        return (struct gw_text) { "nothing: a dry run", "未写入：试运行" };
    if (kind == GW_IMPORT_GONE)
        return (struct gw_text) { "removed, if no line was refused",
                                  "无被拒绝的行时已删除" };
    if (config->all_or_nothing) // a later line may leave all of the file out
        return (struct gw_text) { "written, if the whole file was",
                                  "整个文件导入时写入" };
    return (struct gw_text) { "written", "已写入" };
}
