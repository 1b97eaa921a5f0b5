#include "app/commands.h"
#include "app/say.h"
#include "base/text.h"
#include "map/import.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// What is known while files go by.
struct import_run {
    enum gw_lang lang;
    bool progress; // somebody watches the terminal
};

static void print_help(FILE *out)
{
    enum gw_lang lang = gw_lang_of_terminal();
    static const struct gw_text text = {
        "usage: gridwall import --data DIR [--dry-run] [--coordinates SYSTEM] FILE...\n\n"
        "  FILE.csv      cameras: id,name,lon,lat,division,department,url_main,url_sub\n"
        "  FILE.geojson  divisions or grid cells: features with a code\n"
        "  --data DIR    directory of the registry; an engine may be running on it\n"
        "  --dry-run     check and report, write nothing\n"
        "  --coordinates what lon and lat of the cameras are: wgs84 (as if not given),\n"
        "                cgcs2000, gcj02 or bd09; kept as WGS-84\n\n"
        "Good lines are kept; each bad one is named with what is wrong.\n",
        "用法：gridwall import --data 目录 [--dry-run] [--coordinates 坐标系] 文件...\n\n"
        "  文件.csv      摄像机：id,name,lon,lat,division,department,url_main,url_sub\n"
        "  文件.geojson  行政区划或网格：带 code 的要素\n"
        "  --data 目录   台账目录；引擎可同时运行\n"
        "  --dry-run     只检查和报告，不写入\n"
        "  --coordinates 摄像机经纬度的坐标系：wgs84（默认）、cgcs2000、gcj02 或 bd09；\n"
        "                统一存为 WGS-84\n\n"
        "正确的行会保留，错误的行逐行说明原因。\n",
    };
    fputs(gw_text_in(text, lang), out);
}

static void on_issue(void *arg, const struct gw_import_issue *issue)
{
    const struct import_run *run = arg;
    const struct gw_text mark = issue->kept ? (struct gw_text) { "note", "提示" }
                                            : (struct gw_text) { "error", "错误" };

    if (run->progress)
        fputs("\r\033[K", stderr);
    fprintf(stderr, "%s:%zu: %s: ", issue->file, issue->line,
            gw_text_in(mark, run->lang));
    if (*issue->column)
        fprintf(stderr, "%s%s%s%s: ", issue->column, *issue->value ? " \"" : "",
                issue->value, *issue->value ? "\"" : "");
    fputs(gw_text_in(issue->what, run->lang), stderr);
    if (issue->first_line)
        fprintf(stderr, run->lang == GW_LANG_ZH ? "（第 %zu 行）" : " (line %zu)",
                issue->first_line);
    fputc('\n', stderr);
}

static void on_progress(void *arg, const char *file, size_t done, size_t total_bytes)
{
    const struct import_run *run = arg;
    if (run->progress && total_bytes > 0)
        fprintf(stderr, "\r%s: %zu %%\033[K", file, done * 100 / total_bytes);
}

static void print_report(const struct import_run *run, const char *file,
                         const struct gw_import_report *report)
{
    static const struct gw_text text = {
        "%s: %zu read, %zu new, %zu changed, %zu unchanged, %zu refused, %zu notes\n",
        "%s：读入 %zu，新增 %zu，变更 %zu，未变 %zu，拒绝 %zu，提示 %zu\n",
    };
    if (run->progress)
        fputs("\r\033[K", stderr);
    if (run->lang == GW_LANG_ZH)
        printf(text.zh, file, report->read, report->added, report->changed, report->same,
               report->refused, report->warned);
    else
        printf(text.en, file, report->read, report->added, report->changed, report->same,
               report->refused, report->warned);
}

static int import_files(struct gw_import_config *config, char **files, int n)
{
    char error[GW_IMPORT_ERROR_MAX];
    struct gw_import_report report;
    int status = 0;

    for (int i = 0; i < n; i++) {
        int r = gw_import_file(config, files[i], &report, error);
        if (r < 0) {
            gw_complain("%s", "%s", error);
            status = 1;
            continue;
        }
        print_report(config->arg, files[i], &report);
        if (report.refused > 0)
            status = 1;
    }
    return status;
}

int gw_command_import(int argc, char **argv)
{
    struct import_run run = {
        .lang = gw_lang_of_terminal(),
        .progress = isatty(STDERR_FILENO),
    };
    struct gw_import_config config = {
        .on_issue = on_issue,
        .on_progress = on_progress,
        .arg = &run,
    };
    int files = 0; // moved to the front of argv

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            print_help(stdout);
            return 0;
        }
        if (strcmp(argv[i], "--dry-run") == 0) {
            config.dry_run = true;
        } else if (strcmp(argv[i], "--data") == 0 && i + 1 < argc) {
            config.dir = argv[++i];
        } else if (strcmp(argv[i], "--coordinates") == 0 && i + 1 < argc) {
            if (!gw_coordinates_parse(argv[++i], &config.coordinates)) {
                gw_complain("\"%s\" is no system of coordinates; one of wgs84, cgcs2000, "
                            "gcj02, bd09",
                            "“%s”不是坐标系，应为 wgs84、cgcs2000、gcj02 或 bd09",
                            argv[i]);
                return 2;
            }
        } else if (strncmp(argv[i], "--", 2) == 0) {
            gw_complain("import does not know \"%s\"; see gridwall import --help",
                        "import 没有选项“%s”；见 gridwall import --help", argv[i]);
            return 2;
        } else {
            argv[files++] = argv[i];
        }
    }
    if (!config.dir || files == 0) {
        print_help(stderr);
        return 2;
    }
    return import_files(&config, argv, files);
}
