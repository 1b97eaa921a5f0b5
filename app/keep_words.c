#include "app/keep_words.h"

#include "app/say.h"
#include "base/text.h"
#include "map/store_keys.h"
#include "map/store_words.h"

#include <errno.h>

struct words {
    int error;
    struct gw_text text; // follows the path and a colon
};

static const struct words table[] = {
    { -EEXIST,
      { "is there already. Name another directory, or, to put a backup over it, add "
        "--replace",
        "已存在。请另指定目录；若要用备份覆盖，请加 --replace" } },
    { -EBUSY,
      { "an engine or another command is using this directory. End it first; nothing was "
        "changed",
        "引擎或其他命令正在使用该目录。请先停止；数据未作任何改动" } },
    { -ESRCH,
      { "there is no registry. Name a directory that has one",
        "没有台账。请指定含有台账的目录" } },
    { -ENOTSUP,
      { "the backup is of a newer version of gridwall. Use that version; nothing was "
        "changed",
        "备份来自更新版本的 gridwall。请使用该版本；数据未作任何改动" } },
};

void gw_keep_complain(int error, const struct gw_backup_place *place)
{
    char words[GW_STORE_ERROR_MAX];
    enum gw_lang lang = gw_lang_of_terminal();
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        if (table[i].error == error) {
            gw_complain("%s: %s.", "%s：%s。", place->path,
                        gw_text_in(table[i].text, lang));
            return;
        }
    }
    if (place->is_key)
        gw_store_key_words(error, place->path, lang, words, sizeof(words));
    else
        gw_store_words(error, place->path, lang, words, sizeof(words));
    gw_complain("%s", "%s", words);
}
