#include "app/commands.h"
#include "app/json.h"
#include "app/probe.h"
#include "app/say.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct probe_call {
    struct gw_probe_config config;
    bool json;
    const char *url; // "-": from standard input
};

static void print_help(FILE *out)
{
    static const struct gw_text text = {
        "usage: gridwall probe [OPTIONS] URL\n\n"
        "Pulls a camera's stream for some seconds, says what it offers and what is "
        "wrong.\n\n"
        "  URL                 rtsp:// or rtsps://; - reads it from standard input, so "
        "that\n"
        "                      no password stays in the shell's history\n"
        "  --seconds N         of pictures, default 5\n"
        "  --transport T       auto (default), tcp, or udp and tcp where nothing comes "
        "by it\n"
        "  --ca-file FILE      rtsps: PEM file of whom to believe the camera's "
        "certificate;\n"
        "                      default: the system's\n"
        "  --any-certificate   rtsps: do not check the camera's certificate\n"
        "  --json              for scripts\n\n"
        "Ends with 0 when pictures came, 1 when none did, 2 when called wrongly.\n",
        "用法：gridwall probe [选项] URL\n\n"
        "拉取摄像机码流数秒，说明其能力和故障原因。\n\n"
        "  URL                 rtsp:// 或 rtsps://；- 表示从标准输入读取，\n"
        "                      密码不会留在命令历史中\n"
        "  --seconds N         观看秒数，默认 5\n"
        "  --transport T       auto（默认）、tcp 或 udp（无数据时改用 tcp）\n"
        "  --ca-file FILE      rtsps：摄像机证书的受信签发机构 PEM "
        "文件，默认使用系统证书\n"
        "  --any-certificate   rtsps：不校验摄像机证书\n"
        "  --json              供脚本使用\n\n"
        "有画面返回 0，无画面返回 1，用法错误返回 2。\n",
    };
    (void)fputs(gw_text_in(text, gw_lang_of_terminal()), out);
}

static int take_seconds(struct gw_probe_config *config, const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (end == text || *end || n == 0 || n > GW_PROBE_SECONDS_MAX) {
        gw_complain("--seconds is a number from 1 to %d, not \"%s\"",
                    "--seconds 应为 1 到 %d 的数，而不是“%s”", GW_PROBE_SECONDS_MAX,
                    text);
        return -EINVAL;
    }
    config->seconds = (unsigned)n;
    return 0;
}

static int take_transport(struct gw_probe_config *config, const char *text)
{
    bool udp = strcmp(text, "udp") == 0;
    bool tcp = strcmp(text, "tcp") == 0;

    if (!udp && !tcp && strcmp(text, "auto") != 0) {
        gw_complain("--transport is auto, tcp or udp, not \"%s\"",
                    "--transport 应为 auto、tcp 或 udp，而不是“%s”", text);
        return -EINVAL;
    }
    config->options.transport = udp ? GW_PULL_UDP : tcp ? GW_PULL_TCP : GW_PULL_AUTO;
    return 0;
}

// Returns 0, -ECANCELED when help was asked for, or -EINVAL; it has complained then.
static int read_args(int argc, char **argv, struct probe_call *call)
{
    int r = 0;

    for (int i = 1; i < argc && !r; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            r = -ECANCELED;
        } else if (strcmp(argv[i], "--json") == 0) {
            call->json = true;
        } else if (strcmp(argv[i], "--any-certificate") == 0) {
            call->config.options.any_certificate = true;
        } else if (strcmp(argv[i], "--ca-file") == 0 && i + 1 < argc) {
            call->config.ca_file = argv[++i];
        } else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            r = take_seconds(&call->config, argv[++i]);
        } else if (strcmp(argv[i], "--transport") == 0 && i + 1 < argc) {
            r = take_transport(&call->config, argv[++i]);
        } else if (argv[i][0] == '-' && argv[i][1]) {
            gw_complain("probe does not know \"%s\"; see gridwall probe --help",
                        "probe 没有选项“%s”；见 gridwall probe --help", argv[i]);
            r = -EINVAL;
        } else if (call->url) { // it may hold a password: not shown
            gw_complain("probe tests one address at a time", "probe 一次只测试一个地址");
            r = -EINVAL;
        } else {
            call->url = argv[i];
        }
    }
    if (!r && !call->url) {
        print_help(stderr);
        r = -EINVAL;
    }
    return r;
}

static void read_url(char text[GW_STREAM_URL_MAX + 2])
{
    if (!fgets(text, GW_STREAM_URL_MAX + 2, stdin))
        *text = '\0';
    text[strcspn(text, "\r\n")] = '\0';
}

static int print(const struct probe_call *call, const struct gw_probe_report *report)
{
    if (!call->json) {
        gw_probe_report_print(report, gw_lang_of_terminal(), stdout);
        return 0;
    }
    struct gw_buf *json = gw_json_probe(report);
    if (!json)
        return -ENOMEM;
    (void)printf("%.*s\n", (int)gw_buf_len(json), (const char *)gw_buf_data(json));
    gw_buf_unref(&json);
    return 0;
}

int gw_command_probe(int argc, char **argv)
{
    static struct gw_probe_report report;
    char typed[GW_STREAM_URL_MAX + 2] = "";
    struct probe_call call = { .config = { .seconds = GW_PROBE_SECONDS } };

    int r = read_args(argc, argv, &call);
    if (r == -ECANCELED)
        print_help(stdout);
    if (r)
        return r == -ECANCELED ? 0 : 2;
    (void)signal(SIGPIPE, SIG_IGN);
    bool from_input = strcmp(call.url, "-") == 0;
    if (from_input)
        read_url(typed);
    r = gw_probe_run(from_input ? typed : call.url, &call.config, &report);
    explicit_bzero(typed, sizeof(typed));
    if (!r)
        r = print(&call, &report);
    if (r == -ENOENT)
        gw_complain("cannot use --ca-file %s: it must be a PEM file that holds "
                    "certificates",
                    "无法使用 --ca-file %s：应为包含证书的 PEM 文件",
                    call.config.ca_file);
    else if (r)
        gw_complain("the test could not run: %s", "测试无法进行：%s", strerror(-r));
    if (r == -ENOENT)
        return 2;
    return r || report.verdict != GW_PROBE_PICTURES;
}
