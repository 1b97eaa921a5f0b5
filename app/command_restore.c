#include "app/commands.h"
#include "app/keep_request.h"
#include "app/keep_words.h"
#include "map/backup.h"

static const struct gw_keep_options options = {
    .path = "--from",
    .flag = "--replace",
    .usage =
        "usage: gridwall restore --data DIR --from BACKUP [--replace] [--key-file "
        "FILE]\n\n"
        "Puts a backup, which is checked before, into DIR. No engine may be running on "
        "DIR.\n\n"
        "  --replace     over a registry that is there; its files are moved to\n"
        "                DIR/replaced-TIME\n"
        "  --key-file FILE  where the key of stream addresses lies, if not in DIR or in\n"
        "                the backup\n",
    .usage_zh =
        "用法：gridwall restore --data 目录 --from 备份 [--replace] [--key-file "
        "文件]\n\n"
        "检查备份后将其恢复到目录中。该目录上不得有引擎运行。\n\n"
        "  --replace     覆盖已有台账；原文件移至 目录/replaced-时间\n"
        "  --key-file 文件  视频流地址的密钥既不在目录也不在备份中时，指定其位置\n",
};

int gw_command_restore(int argc, char **argv)
{
    struct gw_keep_request q;
    struct gw_backup_place place;
    int status;
    if (gw_keep_request_read(&options, argc, argv, &q, &status) < 0)
        return status;
    int r = gw_restore(q.dir, q.key_file, q.path, q.flag, &place);
    if (r < 0)
        gw_keep_complain(r, &place);
    return r < 0 ? 1 : 0;
}
