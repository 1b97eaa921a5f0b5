#include "app/commands.h"
#include "app/say.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    struct gw_text help;
};

static const struct command commands[] = {
    { "serve", gw_command_serve, { "run the engine", "运行引擎" } },
    { "import",
      gw_command_import,
      { "bring cameras, divisions and cells into the registry",
        "导入摄像机、行政区划和网格" } },
    { "check-config",
      gw_command_check_config,
      { "read a configuration file and say what is wrong with it", "检查配置文件" } },
    { "probe",
      gw_command_probe,
      { "test a camera and say what is wrong with it", "测试摄像机并说明故障原因" } },
    { "user",
      gw_command_user,
      { "who may sign in, and what they may see", "管理登录用户及其可见范围" } },
    { "token",
      gw_command_token,
      { "words by which programs come in", "管理程序接入令牌" } },
    { "audit",
      gw_command_audit,
      { "who watched and changed what; whether that log is whole",
        "查询审计日志并校验其完整性" } },
    { "rotate-key",
      gw_command_rotate_key,
      { "encrypt stream addresses with a new key", "更换视频流地址的加密密钥" } },
    { "backup",
      gw_command_backup,
      { "copy a registry, also while an engine runs", "备份台账，引擎可同时运行" } },
    { "restore", gw_command_restore, { "put a backup back", "恢复备份" } },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static void print_help(FILE *out)
{
    enum gw_lang lang = gw_lang_of_terminal();

    fprintf(out, "%s\n\n",
            gw_text_in((struct gw_text) { "usage: gridwall COMMAND [OPTIONS]",
                                          "用法：gridwall 命令 [选项]" },
                       lang));
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-14s %s\n", commands[i].name,
                gw_text_in(commands[i].help, lang));
    fprintf(out, "\n%s\n",
            gw_text_in((struct gw_text) { "gridwall COMMAND --help tells more.",
                                          "用 gridwall 命令 --help 查看详情。" },
                       lang));
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("gridwall %s\n", GW_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return 0;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);

    gw_complain("there is no command \"%s\"; `gridwall --help` lists them",
                "没有命令“%s”；用 `gridwall --help` 查看", argv[1]);
    return 2;
}
