#include "app/commands.h"
#include "app/keep_request.h"
#include "app/keep_words.h"
#include "map/backup.h"
#include "map/store_keys.h"

#include <stdio.h>

static const struct gw_keep_options options = {
    .path = "--to",
    .flag = "--with-key",
    .usage =
        "usage: gridwall backup --data DIR --to NEW [--with-key] [--key-file FILE]\n\n"
        "Copies the registry of DIR into the new directory NEW, as of one moment; an "
        "engine may\n"
        "be running on DIR. NEW is a data directory itself.\n\n"
        "  --with-key    the key of stream addresses too: whoever has NEW then has the\n"
        "                passwords of all cameras. Without it keep a copy of the key\n"
        "                elsewhere\n"
        "  --key-file FILE  where the key lies, if not in DIR\n",
    .usage_zh =
        "用法：gridwall backup --data 目录 --to 新目录 [--with-key] [--key-file "
        "文件]\n\n"
        "将台账在某一时刻的完整内容复制到新目录；引擎可同时运行。新目录本身即是数据目"
        "录。\n\n"
        "  --with-key    同时复制视频流地址的密钥：持有该备份者即可得到全部摄像机密码。"
        "\n"
        "                不加此项时请另行保存密钥副本\n"
        "  --key-file 文件  密钥文件不在目录中时，指定其位置\n",
};

int gw_command_backup(int argc, char **argv)
{
    struct gw_keep_request q;
    struct gw_backup_place place;
    char own_key[GW_BACKUP_PATH_MAX];
    const char *key = NULL;
    int status;
    if (gw_keep_request_read(&options, argc, argv, &q, &status) < 0)
        return status;
    snprintf(own_key, sizeof(own_key), "%s/%s", q.dir, gw_key_file_name);
    if (q.flag)
        key = q.key_file ? q.key_file : own_key;
    int r = gw_backup(q.dir, key, q.path, &place);
    if (r < 0)
        gw_keep_complain(r, &place);
    return r < 0 ? 1 : 0;
}
