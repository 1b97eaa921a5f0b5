#include "app/json_account.h"

#include "app/json_internal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool read_text(const cJSON *item, char *ret, size_t room)
{
    if (!cJSON_IsString(item) || strlen(item->valuestring) >= room)
        return false;
    memcpy(ret, item->valuestring, strlen(item->valuestring) + 1);
    return true;
}

static bool read_name(const cJSON *item, struct gw_account_wish *w)
{
    w->edit.name = w->name;
    return read_text(item, w->name, sizeof(w->name)) && gw_account_name_valid(w->name);
}

static bool read_password(const cJSON *item, struct gw_account_wish *w)
{
    return read_text(item, w->password, sizeof(w->password)) &&
           strlen(w->password) >= GW_PASSWORD_MIN;
}

static bool read_old_password(const cJSON *item, struct gw_account_wish *w)
{
    return read_text(item, w->old_password, sizeof(w->old_password));
}

static bool read_role(const cJSON *item, struct gw_account_wish *w)
{
    w->edit.role = cJSON_IsString(item) ? gw_role_of_name(item->valuestring) : GW_ROLES;
    w->edit.has_role = w->edit.role < GW_ROLES;
    return w->edit.has_role;
}

// Lines of map/scope.h, as an array of texts.
static bool read_scope(const cJSON *item, struct gw_account_wish *w)
{
    const cJSON *line;
    size_t len = 0;
    struct gw_scope scope;
    if (!cJSON_IsArray(item))
        return false;
    cJSON_ArrayForEach(line, item)
    {
        if (!cJSON_IsString(line) || strchr(line->valuestring, '\n') ||
            len + strlen(line->valuestring) + 2 > sizeof(w->scope))
            return false;
        len += (size_t)snprintf(w->scope + len, sizeof(w->scope) - len, "%s\n",
                                line->valuestring);
    }
    size_t bad;
    if (gw_scope_read(w->scope, &scope, &bad) < 0)
        return false;
    gw_scope_finish(&scope);
    w->edit.scope = w->scope;
    return true;
}

static bool read_disabled(const cJSON *item, struct gw_account_wish *w)
{
    w->edit.has_disabled = true;
    w->edit.disabled = cJSON_IsTrue(item);
    return cJSON_IsBool(item);
}

static bool read_days(const cJSON *item, struct gw_account_wish *w)
{
    double d = cJSON_IsNumber(item) ? item->valuedouble : 0;
    if (!(d >= 1 && d <= GW_ACCOUNT_DAYS_MAX) || d != (uint32_t)d)
        return false;
    w->days = (uint32_t)d;
    return true;
}

static bool read_code(const cJSON *item, struct gw_account_wish *w)
{
    return read_text(item, w->code, sizeof(w->code));
}

struct field {
    enum gw_account_field bit;
    const char *name;
    bool (*read)(const cJSON *item, struct gw_account_wish *w);
    struct gw_text rule;
};

static const struct field fields[] = {
    { GW_FIELD_NAME,
      "name",
      read_name,
      { "`name` is 1 to 64 bytes of text without \"/\".",
        "name 须为 1 到 64 字节的文本，不含“/”。" } },
    { GW_FIELD_PASSWORD,
      "password",
      read_password,
      { "`password` is 10 to 256 bytes.", "password 须为 10 到 256 字节。" } },
    { GW_FIELD_OLD_PASSWORD,
      "old_password",
      read_old_password,
      { "`old_password` is the password until now.", "old_password 为现用密码。" } },
    { GW_FIELD_ROLE,
      "role",
      read_role,
      { "`role` is administrator, integrator, dispatcher, operator, viewer or "
        "wall_screen.",
        "role 须为 administrator、integrator、dispatcher、operator、viewer 或 "
        "wall_screen。" } },
    { GW_FIELD_SCOPE,
      "scope",
      read_scope,
      { "`scope` is a list of texts: all, division=CODE, cell=CODE, department=NAME, "
        "tag=WORD; up to 64 of each.",
        "scope "
        "为文本列表：all、division=编码、cell=编码、department=名称、tag=标签，每类最多 "
        "64 项。" } },
    { GW_FIELD_DISABLED,
      "disabled",
      read_disabled,
      { "`disabled` is true or false.", "disabled 须为 true 或 false。" } },
    { GW_FIELD_DAYS,
      "days",
      read_days,
      { "`days` is a whole number, 1 to 3650.", "days 须为 1 到 3650 的整数。" } },
    { GW_FIELD_CODE,
      "code",
      read_code,
      { "`code` is what the screen shows.", "code 为大屏上显示的代码。" } },
};
enum { FIELDS = sizeof(fields) / sizeof(*fields) };

static const struct field *find(const char *name)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static int read_all(const cJSON *root, unsigned may, unsigned must,
                    struct gw_account_wish *w, struct gw_text *ret_why)
{
    static const struct gw_text unknown = {
        "There is a field that this address does not take; docs/api.md lists them.",
        "含有该地址不支持的字段，见 docs/api.md。",
    };
    const cJSON *item;
    cJSON_ArrayForEach(item, root)
    {
        const struct field *field = find(item->string);
        if (!field || !(may & field->bit) || (w->has & field->bit)) {
            *ret_why = unknown;
            return -EINVAL;
        }
        w->has |= field->bit;
        if (!field->read(item, w)) {
            *ret_why = field->rule;
            return -EINVAL;
        }
    }
    for (size_t i = 0; i < FIELDS; i++)
        if (must & fields[i].bit & ~w->has) {
            *ret_why = fields[i].rule;
            return -EINVAL;
        }
    return 0;
}

int gw_json_read_account(const char *text, size_t len, unsigned may, unsigned must,
                         struct gw_account_wish *ret_wish, struct gw_text *ret_why)
{
    cJSON *root = cJSON_ParseWithLength(text, len);
    *ret_wish = (struct gw_account_wish) { 0 };
    int r =
        cJSON_IsObject(root) ? read_all(root, may, must, ret_wish, ret_why) : -EBADMSG;
    cJSON_Delete(root);
    return r;
}

static void add_scope(cJSON *object, const char *text)
{
    cJSON *lines = cJSON_AddArrayToObject(object, "scope");
    char line[GW_SCOPE_WORD_MAX + 32];
    for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
        if (*line)
            cJSON_AddItemToArray(lines, cJSON_CreateString(line));
    }
}

static cJSON *account_object(const struct gw_account *a)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", a->name);
    cJSON_AddStringToObject(object, "role", gw_role_name(a->role));
    add_scope(object, a->scope);
    cJSON_AddBoolToObject(object, "disabled", a->disabled);
    if (a->kind == GW_ACCOUNT_TOKEN)
        cJSON_AddNumberToObject(object, "expires_ms", (double)a->expires_ms);
    cJSON_AddNumberToObject(object, "created_ms", (double)a->created_ms);
    cJSON_AddNumberToObject(object, "changed_ms", (double)a->changed_ms);
    return object;
}

struct gw_buf *gw_json_account(const struct gw_account *account, const char *word)
{
    cJSON *object = account_object(account);
    if (word)
        cJSON_AddStringToObject(object, "word", word);
    return gw_json_print(object);
}

struct gw_buf *gw_json_accounts(const struct gw_accounts *accounts,
                                enum gw_account_kind kind, enum gw_role role)
{
    size_t n;
    const struct gw_account_rights *all = gw_accounts_all(accounts, &n);
    cJSON *root = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    for (size_t i = 0; i < n; i++) {
        const struct gw_account *a = &all[i].account;
        if (a->kind == kind && (role == GW_ROLES || a->role == role))
            cJSON_AddItemToArray(items, account_object(a));
    }
    return gw_json_print(root);
}
