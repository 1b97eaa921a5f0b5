#include "app/commands.h"
#include "app/keep_request.h"
#include "app/say.h"
#include "base/text.h"
#include "map/store_keys.h"

#include <errno.h>
#include <stdio.h>

static const struct gw_keep_options options = {
    .usage = "usage: gridwall rotate-key --data DIR [--key-file FILE]\n\n"
             "Encrypts the stream addresses of DIR with a new key, and forgets the old "
             "one. An\n"
             "engine may be running on DIR: it takes the new key up. Keep a copy of the "
             "new file\n"
             "(gridwall.key in DIR, or FILE); backups of before need the old one.\n",
    .usage_zh =
        "用法：gridwall rotate-key --data 目录 [--key-file 文件]\n\n"
        "用新密钥重新加密目录中的视频流地址，并作废旧密钥。引擎可同时运行，自动改用\n"
        "新密钥。请另存新密钥文件（目录下的 gridwall.key 或指定文件）；此前的备份仍"
        "需旧密钥。\n",
};

static int rotate(struct gw_store *store, const struct gw_keep_request *q)
{
    char error[GW_STORE_ERROR_MAX];
    size_t sealed;
    int r = gw_store_rotate_key(store, &sealed);
    if (r < 0) {
        gw_store_key_words(r, q->key_file ? q->key_file : q->dir, gw_lang_of_terminal(),
                           error, sizeof(error));
        gw_complain("%s", "%s", error);
        return 1;
    }
    printf(gw_lang_of_terminal() == GW_LANG_ZH ? "已用新密钥加密 %zu 个视频流地址\n"
                                               : "%zu stream addresses have a new key\n",
           sealed);
    if (!gw_store_is_clean(store))
        gw_complain(
            "what was stored under the old key may still lie in the database's "
            "file: others were using it, or the disk is full. The next start of "
            "the engine cleans it",
            "数据库文件中可能仍残留旧密钥加密的内容（文件正被占用或磁盘已满），下次"
            "启动引擎时清理");
    return 0;
}

int gw_command_rotate_key(int argc, char **argv)
{
    struct gw_keep_request q;
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store = NULL;
    int status;
    if (gw_keep_request_read(&options, argc, argv, &q, &status) < 0)
        return status;
    if (!gw_store_exists(q.dir)) {
        gw_complain("there is no registry in %s", "%s 中没有台账", q.dir);
        return 1;
    }
    int r = gw_store_open(q.dir, &store, error);
    if (r == 0)
        r = gw_store_unlock(store, q.key_file, error);
    if (r < 0) {
        gw_complain("%s", "%s", error);
        gw_store_close(store);
        return 1;
    }
    status = rotate(store, &q);
    gw_store_close(store);
    return status;
}
