// What can be wrong with the file of keys, for the operator.
#include "map/store_keys.h"

#include <errno.h>
#include <stdio.h>

#include "map/store_words.h"

struct words {
    int error;
    struct gw_text text; // follows the path and a colon
};

static const struct words table[] = {
    { -ENOENT,
      { "the key is missing by which this registry's stream addresses are encrypted. Put "
        "the file back from its copy (chmod 600), or name it with --key-file; nothing "
        "was changed",
        "缺少加密本台账视频流地址的密钥文件。请从副本恢复（chmod 600），或用 --key-file "
        "指定；数据未作任何改动" } },
    { -EKEYREJECTED,
      { "this file does not hold the key by which the registry's stream addresses are "
        "encrypted. Put back the copy that belongs to it, or name it with --key-file; "
        "nothing was changed",
        "该文件不含加密本台账视频流地址的密钥。请恢复对应的副本，或用 --key-file "
        "指定；数据未作任何改动" } },
    { -EXDEV,
      { "these are the keys of another registry. Each has a file of its own: put back "
        "the one that belongs to it, or move this one away if the registry is new",
        "这是另一台账的密钥文件。每个台账使用各自的密钥文件：请恢复对应的文件；若台账是"
        "新建的，请移走该文件" } },
    { -EPERM,
      { "others than its owner may read or write the key. Take that from them (chmod "
        "600), and change the key with gridwall rotate-key if they did",
        "密钥文件可被其他用户读写。请执行 chmod 600；若可能已泄露，请用 gridwall "
        "rotate-key 更换密钥" } },
    { -EBADMSG,
      { "this is no file of keys of gridwall, or it is damaged. Put its copy back, or "
        "name another with --key-file; nothing was changed",
        "这不是 gridwall 的密钥文件，或已损坏。请恢复副本，或用 --key-file 指定；数据未作"
        "任何改动" } },
};

void gw_store_key_words(int error, const char *path, enum gw_lang lang, char *ret_words,
                        size_t size)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        if (table[i].error != error)
            continue;
        snprintf(ret_words, size, lang == GW_LANG_ZH ? "%.160s：%s。" : "%.160s: %s.",
                 path, gw_text_in(table[i].text, lang));
        return;
    }
    gw_store_words(error, path, lang, ret_words, size);
}
