// Files that are no text: a process of its own reads them (map/table_reader.h), and what
// it writes goes the way of text.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "map/import_internal.h"

static bool begins(const char *head, size_t len, const char *magic, size_t magic_len)
{
    return len >= magic_len && memcmp(head, magic, magic_len) == 0;
}

// Points are cameras. Areas are read here, without GDAL.
static bool holds_points(const char *head, size_t len)
{
    const char *point = memmem(head, len, "Point\"", 6);
    const char *polygon = memmem(head, len, "Polygon\"", 8);
    return gw_import_is_json(head, len) && point && (!polygon || point < polygon);
}

bool gw_import_is_foreign(const char *head, size_t len)
{
    return begins(head, len, "PK\x03\x04", 4) ||       // XLSX and other ZIP archives
           begins(head, len, "SQLite format 3", 16) || // GeoPackage
           begins(head, len, "\x00\x00\x27\x0a", 4) || // Shapefile
           begins(head, len, "\xd0\xcf\x11\xe0", 4) || // Excel before 2007
           holds_points(head, len);
}

static struct gw_text ending_text(enum gw_table_ending ending)
{
    switch (ending) {
    case GW_TABLE_READ:
    case GW_TABLE_ENDINGS: break;
    case GW_TABLE_UNREADABLE:
        return (struct gw_text) {
            "it is damaged, or none of XLSX, GeoPackage, Shapefile (also zipped), "
            "GeoJSON; "
            "an .xls must be saved as .xlsx, a protected file without its password",
            "文件已损坏，或不是 XLSX、GeoPackage、Shapefile（可为 zip）、GeoJSON；.xls "
            "请另存为 .xlsx，加密的文件请去除密码后保存"
        };
    case GW_TABLE_NO_HEADER:
        return (struct gw_text) {
            "no sheet or layer has a column that is known as the id of cameras or the "
            "code "
            "of areas; name it id or code",
            "没有任何工作表或图层含有摄像机编码列或区域编码列；请将该列命名为 id 或 code"
        };
    case GW_TABLE_NO_CRS:
        return (struct gw_text) {
            "its positions are metres, and nothing says of which projection; add the "
            ".prj, "
            "or export it again as WGS-84 or CGCS2000 degrees",
            "坐标是以米为单位的投影坐标，但没有投影说明；请补上 .prj，或以 WGS-84 / "
            "CGCS2000 经纬度重新导出"
        };
    case GW_TABLE_BAD_CRS:
        return (struct gw_text) {
            "its projection cannot be converted to WGS-84; export it again as degrees",
            "其投影无法转换为 WGS-84；请以经纬度重新导出"
        };
    case GW_TABLE_UNCONFINED:
        return (struct gw_text) {
            "nothing is wrong with it: this system does not let gridwall-table lock "
            "itself "
            "in (it needs seccomp and limits), so no file is opened; save it as CSV "
            "UTF-8 "
            "and import that, or run gridwall where processes may do so",
            "文件没有问题：本系统不允许 gridwall-table 自我隔离（需要 seccomp "
            "与资源限制），因此未打开文件；请另存为 CSV UTF-8 "
            "后导入，或在允许隔离的系统上运行 gridwall"
        };
    case GW_TABLE_BROKEN:
    case GW_TABLE_CRASHED:
        return (struct gw_text) {
            "what reads it broke off: it is damaged, or needs more than 1 GiB of memory; "
            "open it in the program it comes from, save it as CSV UTF-8 and import that",
            "读取程序异常退出：文件已损坏，或需要超过 1 GiB 内存；请用原程序打开，另存为 "
            "CSV UTF-8 后导入"
        };
    case GW_TABLE_OUT_OF_TIME:
        return (struct gw_text) { "reading it takes too long, and was ended; save it as "
                                  "CSV UTF-8 and import that",
                                  "读取耗时过长，已中止；请另存为 CSV UTF-8 后导入" };
    }
    return (struct gw_text) { "", "" };
}

static struct gw_text note_text(enum gw_table_note note)
{
    switch (note) {
    case GW_TABLE_NOTES: break;
    case GW_TABLE_ONE_OF_MANY:
        return (struct gw_text) { "of several sheets or layers this one is read",
                                  "有多个工作表或图层，仅读取此项" };
    case GW_TABLE_CRS_MISSING:
        return (struct gw_text) {
            "nothing says what its positions are (a Shapefile's .prj): they are taken "
            "for "
            "degrees; say --coordinates if they are not WGS-84",
            "没有坐标系说明（Shapefile 的 .prj），按经纬度处理；若不是 WGS-84，请用 "
            "--coordinates 指明"
        };
    case GW_TABLE_TWO_PLACES:
        return (struct gw_text) { "this column is passed over: the points say where "
                                  "cameras are",
                                  "该列已忽略：位置以图层中的点为准" };
    case GW_TABLE_NOT_A_POINT:
        return (
            struct gw_text) { "so many features have no point that can be used; their "
                              "cameras have no position from it",
                              "有此数量的要素没有可用的点，未得到位置" };
    }
    return (struct gw_text) { "", "" };
}

static void tell_notes(struct gw_import *im, char *said)
{
    char *rest = NULL;
    for (char *line = strtok_r(said, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        enum gw_table_note note;
        const char *value;
        if (!gw_table_note_of(line, &note, &value))
            continue;
        gw_import_tell(im, &(struct gw_import_issue) { .line = 1,
                                                       .column = "",
                                                       .value = value,
                                                       .kept = true,
                                                       .what = note_text(note) });
        im->report.warned++;
    }
}

static int give_up_starting(struct gw_import *im, int error)
{
    static const struct gw_text without = {
        "this kind of file is read by gridwall-table, which is not installed (it is "
        "built "
        "where GDAL is); save the file as CSV UTF-8",
        "此类文件由 gridwall-table 读取，但尚未安装（有 GDAL "
        "时才会构建）；请将文件另存为 "
        "CSV UTF-8",
    };
    return error == -ENOENT ? gw_import_give_up(im, without) : error;
}

static int read_text(struct gw_import *im)
{
    char head[GW_IMPORT_HEAD];
    long n = gw_import_read(im, head, sizeof(head));
    if (n < 0)
        return (int)n;
    return gw_import_is_json(head, (size_t)n) ? gw_import_areas(im, head, (size_t)n)
                                              : gw_import_list(im, head, (size_t)n);
}

int gw_import_foreign(struct gw_import *im)
{
    char said[GW_TABLE_SAID_MAX];
    enum gw_table_ending ending;
    const char *program = im->config->reader;

    int r = program ? gw_table_reader_open(program, im->file, im->config->columns_file,
                                           GW_TABLE_SILENCE_S * 1000, &im->reader)
                    : -ENOENT;
    if (r < 0)
        return give_up_starting(im, r);
    gw_table_reader_heed(im->reader, im->config->is_over, im->config->arg);
    im->total_bytes = 0; // of its text: not known
    r = read_text(im);
    bool over = gw_table_reader_finish(im->reader, &ending, said);
    im->reader = NULL;
    if (over && ending != GW_TABLE_READ)
        return gw_import_give_up(im, ending_text(ending));
    if (r == 0)
        tell_notes(im, said);
    return r;
}
