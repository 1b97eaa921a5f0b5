#include "map/camera_edit.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "map/codes.h"
#include "map/utf8.h"

static bool id_valid(const char *id)
{
    size_t len = strnlen(id, GW_CAMERA_ID_MAX + 1);
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)id[i]) && !strchr("._-", id[i]))
            return false;
    // "." and ".." would vanish from a URL's path.
    return len > 0 && len <= GW_CAMERA_ID_MAX && strspn(id, ".") < len;
}

static bool given(const char *s)
{
    return s && *s;
}

static bool within(double v, double limit)
{
    return isnan(v) || (v >= -limit && v <= limit);
}

static const struct gw_text bad_address = {
    "the stream address is neither of the form rtsp://user:password@host/path (or rtsps, "
    "rtmp, http, https, srt) without spaces, nor push://:KEY@ with a key of at least 12 "
    "characters; correct it",
    "视频流地址须形如 rtsp://用户:密码@主机/路径（或 rtsps、rtmp、http、https、srt），"
    "且不含空格；推流设备填 push://:密钥@，密钥至少 12 位，请更正",
};

// What is wrong with a text of labels; an empty `en`: nothing.
static struct gw_text label_fault(const char *text)
{
    char labels[GW_LABELS_BYTES];
    switch (gw_labels_read(text, labels)) {
    case 0: return (struct gw_text) { "", "" };
    case -EMSGSIZE:
        return (struct gw_text) {
            "at most 16 words of 64 bytes each, between commas; shorten",
            "最多 16 个词，每个不超过 64 字节，以逗号分隔，请缩短"
        };
    default:
        return (struct gw_text) { "it holds line breaks or characters that are none; "
                                  "clean it",
                                  "含有换行或无法识别的字符，请清理" };
    }
}

static bool check_labels(const char *field, const char *text,
                         struct gw_camera_problem *ret_problem)
{
    if (!text)
        return false;
    struct gw_text fault = label_fault(text);
    if (*fault.en)
        *ret_problem = (struct gw_camera_problem) { field, fault };
    return *fault.en;
}

static bool check_pose(const struct gw_camera_edit *edit,
                       struct gw_camera_problem *ret_problem)
{
    struct gw_camera_pose pose = edit->pose ? *edit->pose : gw_camera_pose_unknown;
    for (int i = 0; i < GW_POSE_FIELDS; i++) {
        if (gw_pose_field_valid(i, *gw_pose_field(&pose, i)))
            continue;
        *ret_problem =
            (struct gw_camera_problem) { gw_pose_field_name(i), gw_pose_field_help(i) };
        return true;
    }
    return false;
}

static bool check_details(const struct gw_camera_edit *edit,
                          struct gw_camera_problem *ret_problem)
{
    for (int i = 0; i < GW_DETAILS; i++) {
        enum gw_detail detail = (enum gw_detail)i;
        if (!edit->details[i] || gw_detail_valid(detail, edit->details[i]))
            continue;
        *ret_problem =
            (struct gw_camera_problem) { gw_detail_name(detail), gw_detail_help(detail) };
        return true;
    }
    return false;
}

// Everything but what is checked in gw_camera_edit_check().
static bool check_record(const struct gw_camera_edit *edit,
                         struct gw_camera_problem *ret_problem)
{
    if (given(edit->kind) && gw_camera_kind_of_name(edit->kind) == GW_KINDS) {
        *ret_problem = (struct gw_camera_problem) {
            "kind",
            { "kind is fixed, dome, ptz, high_point, thermal, mobile or unknown; choose "
              "one",
              "类型为 fixed（枪机）、dome（半球）、ptz（球机）、high_point（鹰眼）、"
              "thermal（热成像）、mobile（移动）或 unknown，请选择其一" }
        };
        return true;
    }
    if (edit->address && !gw_is_plain_text(edit->address, GW_ADDRESS_MAX)) {
        *ret_problem = (struct gw_camera_problem) {
            "address",
            { "an address has at most 512 bytes and no line breaks or control "
              "characters; shorten or clean it",
              "地址最多 512 字节，不得含换行或控制字符，请缩短或清理" }
        };
        return true;
    }
    return check_pose(edit, ret_problem) ||
           check_labels("tags", edit->tags, ret_problem) ||
           check_labels("groups", edit->groups, ret_problem) ||
           check_details(edit, ret_problem);
}

bool gw_camera_edit_check(const struct gw_camera_edit *edit,
                          struct gw_camera_problem *ret_problem)
{
    struct gw_camera_problem problem = { 0 };

    if (!edit->id || !id_valid(edit->id))
        problem = (struct gw_camera_problem) {
            "id",
            { "a camera id has 1 to 64 letters, digits, dots, hyphens or underscores; "
              "correct it",
              "摄像机编码须为 1 至 64 个字母、数字、点、连字符或下划线，请更正" }
        };
    else if (edit->name && !gw_is_plain_text(edit->name, GW_CAMERA_NAME_MAX))
        problem = (struct gw_camera_problem) {
            "name",
            { "a name has at most 256 bytes and no line breaks or control characters; "
              "shorten or clean it",
              "名称最多 256 字节，不得含换行或控制字符，请缩短或清理" }
        };
    else if (!within(edit->lon, 180))
        problem = (struct gw_camera_problem) {
            "lon",
            { "longitude goes from -180 to 180 degrees; correct it",
              "经度范围为 -180 至 180 度，请更正" }
        };
    else if (!within(edit->lat, 90))
        problem = (struct gw_camera_problem) {
            "lat",
            { "latitude goes from -90 to 90 degrees; correct it, or swap longitude and "
              "latitude if they are the wrong way round",
              "纬度范围为 -90 至 90 度，请更正；若经纬度填反，请对调" }
        };
    else if (given(edit->division) && !gw_code_valid(edit->division))
        problem = (struct gw_camera_problem) {
            "division",
            { "a division code has up to 32 letters or digits, usually 12 digits; "
              "correct it",
              "行政区划代码最多 32 个字母或数字，通常为 12 位数字，请更正" }
        };
    else if (edit->department && !gw_is_plain_text(edit->department, GW_DEPARTMENT_MAX))
        problem = (struct gw_camera_problem) {
            "department",
            { "a department's name has at most 128 bytes and no control characters; "
              "shorten or clean it",
              "部门名称最多 128 字节，不得含控制字符，请缩短或清理" }
        };
    else if (given(edit->cell) && !gw_code_valid(edit->cell))
        problem = (struct gw_camera_problem) {
            "cell",
            { "a cell code has up to 32 letters or digits, usually 15 digits; correct it",
              "网格编码最多 32 个字母或数字，通常为 15 位数字，请更正" }
        };
    else if (given(edit->url_main) && !gw_stream_login_valid(edit->url_main))
        problem = (struct gw_camera_problem) { "url_main", bad_address };
    else if (given(edit->url_sub) && !gw_stream_login_valid(edit->url_sub))
        problem = (struct gw_camera_problem) { "url_sub", bad_address };
    else if (given(edit->pull) && gw_pull_of_name(edit->pull) == GW_PULLS)
        problem = (struct gw_camera_problem) {
            "pull",
            { "pull is \"on_demand\", \"always\" or \"warm\"; choose one",
              "pull 只能是 on_demand（按需）、always（常拉）或 "
              "warm（预热），请选择其一" }
        };
    else if (isnan(edit->lon) != isnan(edit->lat))
        problem = (struct gw_camera_problem) {
            isnan(edit->lon) ? "lon" : "lat",
            { "longitude and latitude come together; give both or none",
              "经度和纬度须同时填写，请补全或都留空" }
        };

    if (!problem.field)
        return check_record(edit, ret_problem);
    *ret_problem = problem;
    return true;
}

static void set(const char **field, const char *s)
{
    if (s)
        *field = s;
}

static void set_pose(struct gw_camera_pose *pose, const struct gw_camera_pose *given)
{
    struct gw_camera_pose from = given ? *given : gw_camera_pose_unknown;
    for (int i = 0; i < GW_POSE_FIELDS; i++) {
        double value = *gw_pose_field(&from, i);
        if (!isnan(value))
            *gw_pose_field(pose, i) = value;
    }
}

static void set_details(struct gw_camera *c, const struct gw_camera_edit *edit,
                        struct gw_camera_scratch *scratch)
{
    const struct gw_camera old = *c;
    bool any = false;
    for (int i = 0; i < GW_DETAILS; i++) {
        scratch->details[i] = gw_camera_detail(&old, (enum gw_detail)i);
        set(&scratch->details[i], edit->details[i]);
        any |= *scratch->details[i];
    }
    c->details = any ? scratch->details : NULL;
}

// All that check_record() looked at. Returns 0 or an error of map/pinyin.h.
static int set_record(struct gw_camera *c, const struct gw_camera_edit *edit,
                      struct gw_camera_scratch *scratch)
{
    set(&c->address, edit->address);
    if (edit->kind)
        c->kind = *edit->kind ? gw_camera_kind_of_name(edit->kind) : GW_KIND_UNKNOWN;
    set_pose(&c->pose, edit->pose);
    if (edit->tags && gw_labels_read(edit->tags, scratch->tags) == 0)
        c->tags = scratch->tags;
    if (edit->groups && gw_labels_read(edit->groups, scratch->groups) == 0)
        c->groups = scratch->groups;
    set_details(c, edit, scratch);
    c->initials = scratch->initials;
    return gw_pinyin_initials(c->name, scratch->initials);
}

int gw_camera_edit_apply(const struct gw_camera_edit *edit,
                         const struct gw_camera_row *old,
                         const struct gw_camera_row *stored,
                         struct gw_camera_scratch *scratch, struct gw_camera_row *ret_row)
{
    static const struct gw_camera_row nothing = {
        .camera = { .id = "",
                    .name = "",
                    .lon = NAN,
                    .lat = NAN,
                    .division = "",
                    .department = "",
                    .cell = "",
                    .url_main = "",
                    .url_sub = "",
                    .pose = { NAN, NAN, NAN, NAN, NAN },
                    .tags = "",
                    .groups = "",
                    .address = "",
                    .initials = "" },
    };
    const struct gw_camera *secrets = stored ? &stored->camera : &nothing.camera;
    struct gw_camera_row row = old ? *old : nothing;
    struct gw_camera *c = &row.camera;
    int r = 0;

    c->id = edit->id;
    set(&c->name, edit->name);
    set(&c->division, edit->division);
    set(&c->department, edit->department);
    if (!isnan(edit->lon)) {
        c->lon = edit->lon;
        c->lat = edit->lat;
    }
    if (edit->cell) {
        c->cell = edit->cell;
        row.cell_fixed = *edit->cell;
    }
    if (edit->pull)
        c->pull = *edit->pull ? gw_pull_of_name(edit->pull) : GW_PULL_ON_DEMAND;
    if (edit->url_main) {
        r = gw_stream_login_keep(edit->url_main, secrets->url_main, scratch->url_main);
        c->url_main = scratch->url_main;
        row.unreadable[0] = false;
    }
    if (edit->url_sub && r == 0) {
        r = gw_stream_login_keep(edit->url_sub, secrets->url_sub, scratch->url_sub);
        c->url_sub = scratch->url_sub;
        row.unreadable[1] = false;
    }
    if (r == 0)
        r = set_record(c, edit, scratch);
    if (r == 0)
        *ret_row = row;
    return r;
}

static bool same_degrees(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_record(const struct gw_camera *x, const struct gw_camera *y)
{
    struct gw_camera_pose a = x->pose, b = y->pose;
    for (int i = 0; i < GW_POSE_FIELDS; i++)
        if (!same_degrees(*gw_pose_field(&a, i), *gw_pose_field(&b, i)))
            return false;
    for (int i = 0; i < GW_DETAILS; i++)
        if (strcmp(gw_camera_detail(x, (enum gw_detail)i),
                   gw_camera_detail(y, (enum gw_detail)i)) != 0)
            return false;
    return x->kind == y->kind && strcmp(x->tags, y->tags) == 0 &&
           strcmp(x->groups, y->groups) == 0 && strcmp(x->address, y->address) == 0 &&
           strcmp(x->initials, y->initials) == 0;
}

bool gw_camera_row_equal(const struct gw_camera_row *a, const struct gw_camera_row *b)
{
    const struct gw_camera *x = &a->camera, *y = &b->camera;
    return strcmp(x->id, y->id) == 0 && strcmp(x->name, y->name) == 0 &&
           same_degrees(x->lon, y->lon) && same_degrees(x->lat, y->lat) &&
           strcmp(x->division, y->division) == 0 &&
           strcmp(x->department, y->department) == 0 && strcmp(x->cell, y->cell) == 0 &&
           strcmp(x->url_main, y->url_main) == 0 && strcmp(x->url_sub, y->url_sub) == 0 &&
           x->pull == y->pull && a->cell_fixed == b->cell_fixed && same_record(x, y);
}
