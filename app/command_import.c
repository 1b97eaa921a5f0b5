#include "app/commands.h"
#include "app/import_sheet.h"
#include "app/say.h"
#include "base/text.h"
#include "map/column_file.h"
#include "map/import.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHANGES_SHOWN = 200 }; // of a file, on the terminal; a report has all

// What is known while files go by.
struct import_run {
    enum gw_lang lang;
    bool progress; // somebody watches the terminal
    bool show_changes;
    size_t changes;                // of the file in hand
    struct gw_import_sheet *sheet; // or NULL
};

static void print_help(FILE *out)
{
    enum gw_lang lang = gw_lang_of_terminal();
    static const struct gw_text text = {
        "usage: gridwall import --data DIR [options] FILE...\n\n"
        "  FILE.csv      cameras: id,name,lon,lat,division,department,url_main,url_sub\n"
        "  FILE.geojson  divisions or grid cells: features with a code\n"
        "  FILE.xlsx, .gpkg, .shp, .zip of a .shp, .geojson of points: likewise\n"
        "  --data DIR    directory of the registry; an engine may be running on it\n"
        "  --key-file FILE  key of stream addresses, if not gridwall.key of DIR\n"
        "  --dry-run     check, compare with the registry and report; write nothing\n"
        "  --places      the lists are of places: key places and city parts; lists "
        "whose\n"
        "                id is called place_id, 场所编码, 部件编码 or 标识码 are anyway\n"
        "  --all-or-nothing  a refused line leaves its whole file out\n"
        "  --remove-gone  remove cameras that a file does not have, of the departments\n"
        "                in it, if all of its lines are good; they can be restored\n"
        "  --report CSV  write what was wrong and what changes to this file, for a\n"
        "                spreadsheet program; it is overwritten\n"
        "  --coordinates what lon and lat of the cameras are: wgs84 (as if not given),\n"
        "                cgcs2000, gcj02 or bd09; kept as WGS-84\n"
        "  --columns FILE  what the columns of these lists are called: lines such as\n"
        "                \"id = serial number\"; \"ignore = remark\" leaves one out\n"
        "  --reader PROGRAM  what reads all but text, if not the installed\n"
        "                gridwall-table\n\n"
        "Good lines are kept; each bad one is named with what is wrong.\n",
        "用法：gridwall import --data 目录 [选项] 文件...\n\n"
        "  文件.csv      摄像机：id,name,lon,lat,division,department,url_main,url_sub\n"
        "  文件.geojson  行政区划或网格：带 code 的要素\n"
        "  文件.xlsx、.gpkg、.shp、含 .shp 的 .zip、点 .geojson：同上\n"
        "  --data 目录   台账目录；引擎可同时运行\n"
        "  --key-file 文件  视频流地址的密钥文件，默认为目录下的 gridwall.key\n"
        "  --dry-run     检查、与台账比较并报告，不写入\n"
        "  --places      清单为场所（重点场所与城市部件）；编码列名为 "
        "place_id、场所编码、\n"
        "                部件编码或标识码的清单无需指明\n"
        "  --all-or-nothing  有一行被拒绝，整个文件不导入\n"
        "  --remove-gone  全部行均正确时，删除文件中没有的摄像机（限文件所含部门，\n"
        "                可恢复）\n"
        "  --report CSV  将问题与变更写入该文件（已有则覆盖），可用表格软件打开\n"
        "  --coordinates 摄像机经纬度的坐标系：wgs84（默认）、cgcs2000、gcj02 或 bd09；\n"
        "                统一存为 WGS-84\n"
        "  --columns 文件  这些清单的列名对照，每行如“设备编码 = 点位ID”；\n"
        "                “ignore = 备注”表示忽略该列\n"
        "  --reader 程序  读取文本以外的文件，默认为已安装的 gridwall-table\n\n"
        "正确的行会保留，错误的行逐行说明原因。\n",
    };
    fputs(gw_text_in(text, lang), out);
}

static void on_issue(void *arg, const struct gw_import_issue *issue)
{
    const struct import_run *run = arg;
    if (run->sheet)
        gw_import_sheet_issue(run->sheet, issue);
    const struct gw_text mark = issue->kept ? (struct gw_text) { "note", "提示" }
                                            : (struct gw_text) { "error", "错误" };

    if (run->progress)
        fputs("\r\033[K", stderr);
    fprintf(stderr, "%s:%zu: %s: ", issue->file, issue->line,
            gw_text_in(mark, run->lang));
    fputs(issue->column, stderr);
    if (*issue->value)
        fprintf(stderr, "%s\"%s\"", *issue->column ? " " : "", issue->value);
    if (*issue->column || *issue->value)
        fputs(": ", stderr);
    fputs(gw_text_in(issue->what, run->lang), stderr);
    if (issue->first_line)
        fprintf(stderr, run->lang == GW_LANG_ZH ? "（第 %zu 行）" : " (line %zu)",
                issue->first_line);
    fputc('\n', stderr);
}

static void print_change(const struct import_run *run,
                         const struct gw_import_change *change)
{
    static const struct gw_text kinds[] = {
        [GW_IMPORT_ADDED] = { "new", "新增" },
        [GW_IMPORT_CHANGED] = { "changed", "变更" },
        [GW_IMPORT_GONE] = { "not in the file", "文件中没有" },
    };
    if (run->progress)
        fputs("\r\033[K", stderr);
    printf("%s:", change->file);
    if (change->line)
        printf("%zu:", change->line);
    printf(" %s: %s", gw_text_in(kinds[change->kind], run->lang), change->id);
    if (change->kind != GW_IMPORT_CHANGED)
        printf(" %s%s", change->before, change->after); // one of them, its name
    else if (*change->before || *change->after)
        printf(" %s: \"%s\" -> \"%s\"", change->field, change->before, change->after);
    else
        printf(" %s", change->field); // not to be shown
    putchar('\n');
}

static void on_change(void *arg, const struct gw_import_change *change)
{
    struct import_run *run = arg;
    if (run->sheet)
        gw_import_sheet_change(run->sheet, change);
    if (run->show_changes && run->changes++ < CHANGES_SHOWN)
        print_change(run, change);
}

static void print_hidden(const struct import_run *run)
{
    if (run->changes <= CHANGES_SHOWN)
        return;
    if (run->lang == GW_LANG_ZH)
        printf("另有 %zu 行变更；--report 可全部写入文件\n",
               run->changes - CHANGES_SHOWN);
    else
        printf("and %zu more lines of changes; --report writes all to a file\n",
               run->changes - CHANGES_SHOWN);
}

static void on_progress(void *arg, const char *file, size_t done, size_t total_bytes)
{
    const struct import_run *run = arg;
    if (run->progress && total_bytes > 0)
        fprintf(stderr, "\r%s: %zu %%\033[K", file, done * 100 / total_bytes);
}

static void print_report(const struct import_run *run,
                         const struct gw_import_config *config, const char *file,
                         const struct gw_import_report *report)
{
    static const struct gw_text text = {
        "%s: %zu read, %zu new, %zu changed, %zu unchanged, %zu refused, %zu notes",
        "%s：读入 %zu，新增 %zu，变更 %zu，未变 %zu，拒绝 %zu，提示 %zu",
    };
    if (run->progress)
        fputs("\r\033[K", stderr);
    if (run->lang == GW_LANG_ZH)
        printf(text.zh, file, report->read, report->added, report->changed, report->same,
               report->refused, report->warned);
    else
        printf(text.en, file, report->read, report->added, report->changed, report->same,
               report->refused, report->warned);
    if (config->on_change || config->remove_gone)
        printf(run->lang == GW_LANG_ZH ? "，文件中没有 %zu" : ", %zu not in the file",
               report->gone);
    putchar('\n');
}

// Says why a file as a whole was left out.
static void leave_out(struct import_run *run, const char *file, const char *why)
{
    gw_complain("%s", "%s", why);
    if (run->sheet)
        gw_import_sheet_file(run->sheet, file, why);
}

// The exit status for this file.
static int import_file(const struct gw_import_config *config, const char *file)
{
    struct import_run *run = config->arg;
    struct gw_import_error error;
    struct gw_import_report report;

    run->changes = 0;
    int r = gw_import_file(config, file, &report, &error);
    if (r < 0) {
        leave_out(run, file,
                  gw_text_in((struct gw_text) { error.en, error.zh }, run->lang));
        return 1;
    }
    print_hidden(run);
    print_report(run, config, file, &report);
    if (report.refused == 0)
        return 0;
    if (config->all_or_nothing) {
        char text[GW_SAY_MAX];
        gw_say_to(text,
                  "%s: nothing of it is kept: --all-or-nothing, and lines are "
                  "refused; correct them and import again",
                  "%s：有行被拒绝，按 --all-or-nothing 整个文件未导入；请更正后重新导入",
                  file);
        leave_out(run, file, text);
    }
    return 1;
}

static int import_files(struct gw_import_config *config, const char *sheet, char **files,
                        int n)
{
    struct import_run *run = config->arg;
    int status = 0;
    int r = sheet ? gw_import_sheet_open(sheet, run->lang, config, &run->sheet) : 0;

    for (int i = 0; r == 0 && i < n; i++)
        status |= import_file(config, files[i]);
    if (r == 0)
        r = gw_import_sheet_close(run->sheet);
    if (r < 0) {
        gw_complain("cannot write the report %s: %s; check the path, its rights and the "
                    "space on the disk",
                    "无法写入报告 %s：%s；请检查路径、权限与磁盘空间", sheet,
                    strerror(-r));
        status = 1;
    }
    return status;
}

// What the command line asks for.
struct request {
    struct gw_import_config config;
    struct gw_column_names names; // for `config`, with --columns
    const char *sheet;
    bool help;
    int files; // moved to the front of argv
};

static bool take_switch(struct request *q, const char *arg)
{
    if (strcmp(arg, "--help") == 0)
        q->help = true;
    else if (strcmp(arg, "--dry-run") == 0)
        q->config.dry_run = true;
    else if (strcmp(arg, "--places") == 0)
        q->config.places = true;
    else if (strcmp(arg, "--all-or-nothing") == 0)
        q->config.all_or_nothing = true;
    else if (strcmp(arg, "--remove-gone") == 0)
        q->config.remove_gone = true;
    else
        return false;
    return true;
}

static int read_columns(struct request *q)
{
    const char *file = q->config.columns_file;
    struct gw_column_file_problem problem;
    int r = gw_column_file_read(file, &q->names, &problem);

    q->config.columns = &q->names;
    if (r == 0)
        return 0;
    if (r == -EBADMSG && problem.line)
        gw_complain("%s:%zu: %s%s%s", "%s:%zu：%s%s%s", file, problem.line, problem.value,
                    *problem.value ? ": " : "",
                    gw_text_in(problem.what, gw_lang_of_terminal()));
    else if (r == -EBADMSG)
        gw_complain("%s: %s", "%s：%s", file,
                    gw_text_in(problem.what, gw_lang_of_terminal()));
    else
        gw_complain("cannot read %s: %s", "无法读取 %s：%s", file, strerror(-r));
    return 2;
}

// An option and its value. Returns 2 when that is wrong, 0 when it was taken.
static int take_option(struct request *q, const char *option, const char *value)
{
    if (value && strcmp(option, "--data") == 0) {
        q->config.dir = value;
    } else if (value && strcmp(option, "--key-file") == 0) {
        q->config.key_file = value;
    } else if (value && strcmp(option, "--report") == 0) {
        q->sheet = value;
    } else if (value && strcmp(option, "--reader") == 0) {
        q->config.reader = value;
    } else if (value && strcmp(option, "--columns") == 0) {
        q->config.columns_file = value;
        return read_columns(q);
    } else if (value && strcmp(option, "--coordinates") == 0) {
        if (gw_coordinates_parse(value, &q->config.coordinates))
            return 0;
        gw_complain("\"%s\" is no system of coordinates; one of wgs84, cgcs2000, "
                    "gcj02, bd09",
                    "“%s”不是坐标系，应为 wgs84、cgcs2000、gcj02 或 bd09", value);
        return 2;
    } else {
        gw_complain("import does not know \"%s\"; see gridwall import --help",
                    "import 没有选项“%s”；见 gridwall import --help", option);
        return 2;
    }
    return 0;
}

static int read_request(struct request *q, int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc && status == 0 && !q->help; i++) {
        if (take_switch(q, argv[i]))
            continue;
        if (strncmp(argv[i], "--", 2) != 0) {
            argv[q->files++] = argv[i];
        } else {
            status = take_option(q, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
            i++;
        }
    }
    return status;
}

int gw_command_import(int argc, char **argv)
{
    struct import_run run = {
        .lang = gw_lang_of_terminal(),
        .progress = isatty(STDERR_FILENO),
    };
    struct request request = {
        .config = { .reader = GW_TABLE_PROGRAM,
                    .on_issue = on_issue,
                    .on_progress = on_progress,
                    .arg = &run },
    };

    int status = read_request(&request, argc, argv);
    if (status != 0)
        return status;
    if (request.help) {
        print_help(stdout);
        return 0;
    }
    if (!request.config.dir || request.files == 0) {
        print_help(stderr);
        return 2;
    }
    run.show_changes = request.config.dry_run;
    if (request.config.dry_run || request.sheet)
        request.config.on_change = on_change;
    return import_files(&request.config, request.sheet, argv, request.files);
}
