#include "map/store_words.h"

#include <errno.h>
#include <stdio.h>

struct words {
    int error;
    struct gw_text text; // follows the path and a colon
};

static const struct words table[] = {
    { -ENOENT,
      { "the directory above it does not exist. Create it, or name another with --data",
        "上级目录不存在。请先创建，或用 --data 指定其他目录" } },
    { -ENOTDIR,
      { "this is not a directory. Name a directory with --data",
        "这不是目录。请用 --data 指定一个目录" } },
    { -EACCES,
      { "it cannot be read and written by this user. Give the directory to the user "
        "that runs gridwall (chown), or name another with --data",
        "当前用户无权读写。请用 chown 把目录交给运行 gridwall 的用户，或用 --data "
        "指定其他目录" } },
    { -EROFS,
      { "the file system is read-only. Mount it writable, or name another directory "
        "with --data",
        "文件系统是只读的。请以可写方式挂载，或用 --data 指定其他目录" } },
    { -ENOSPC,
      { "the disk is full. Free some space, then try again; what was stored before is "
        "untouched",
        "磁盘已满。请清理空间后重试；之前保存的数据不受影响" } },
    { -EBUSY,
      { "another program keeps the database locked. Wait for a running import to end, "
        "or end the program that holds it (fuser shows which)",
        "数据库被另一个程序锁定。请等待正在进行的导入结束，或结束占用它的程序（用 "
        "fuser 查看）" } },
    { -EINPROGRESS,
      { "a backup is being put back into this directory, or that was broken off. Wait "
        "for "
        "it, or run gridwall restore again",
        "正在向该目录恢复备份，或上次恢复中断。请等待其结束，或重新执行 gridwall "
        "restore" } },
    { -EBADMSG,
      { "the file is damaged, or not a database of gridwall. Move it away and put back "
        "a copy, or import the cameras again",
        "文件已损坏，或不是 gridwall 的数据库。请移走该文件并恢复备份，或重新导入"
        "摄像机" } },
    { -ENOKEY,
      { "audit.key in it does not hold a key (64 hexadecimal digits). Put back the file "
        "from a copy; if there is none, move it away: a new key is made, and the audit "
        "log says so",
        "其中的 audit.key 不是有效密钥（64 位十六进制）。请从备份恢复该文件；若无备份，"
        "请将其移走，系统会生成新密钥并记入审计日志" } },
    { -ENOTSUP,
      { "the database was written by a newer version of gridwall. Start that version, "
        "or name another directory with --data",
        "数据库由更新版本的 gridwall 写入。请启动该版本，或用 --data 指定其他目录" } },
    { -EKEYREJECTED,
      { "the key by which stream addresses are encrypted cannot be read. Put "
        "gridwall.key back from its copy (chmod 600, the owner being who runs gridwall), "
        "or name it with --key-file; nothing was changed",
        "无法读取加密视频流地址的密钥。请从副本恢复 gridwall.key（chmod 600，属主为运行 "
        "gridwall 的用户），或用 --key-file 指定；数据未作任何改动" } },
    { -ENAMETOOLONG,
      { "the path is too long. Name a shorter one with --data",
        "路径过长。请用 --data 指定较短的路径" } },
    { -ENOMEM,
      { "out of memory. Stop other programs or add memory, then try again",
        "内存不足。请停止其他程序或增加内存后重试" } },
};

static const struct gw_text other = {
    "reading or writing failed. Check the disk and the kernel's log (dmesg)",
    "读写失败。请检查磁盘与内核日志（dmesg）",
};

void gw_store_words(int error, const char *path, enum gw_lang lang, char *ret_words,
                    size_t size)
{
    struct gw_text text = other;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (table[i].error == error)
            text = table[i].text;
    // A very long path must not push out what to do about it.
    snprintf(ret_words, size, lang == GW_LANG_ZH ? "%.200s：%s。" : "%.200s: %s.", path,
             gw_text_in(text, lang));
}
