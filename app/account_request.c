#include "app/account_request.h"

#include "app/command_author.h"
#include "app/say.h"
#include "base/clock.h"
#include "base/text.h"
#include "map/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int add_scope(struct gw_account_request *q, const char *line)
{
    struct gw_scope read;
    size_t used = strlen(q->scope), number;
    q->has_scope = true;
    if (*line == '\0' || strcmp(line, "none") == 0)
        return 0; // of nothing
    if (used + strlen(line) + 2 > sizeof(q->scope) || strchr(line, '\n')) {
        gw_complain("the scope is too long", "可见范围过长");
        return 2;
    }
    snprintf(q->scope + used, sizeof(q->scope) - used, "%s\n", line);
    if (gw_scope_read(q->scope, &read, &number) == 0) {
        gw_scope_finish(&read);
        return 0;
    }
    gw_complain("\"%s\" is no scope: write all, division=CODE, cell=CODE, "
                "department=NAME or tag=WORD, at most %d of each",
                "“%s”不是有效范围：应为 all、division=编码、cell=编码、"
                "department=名称或 tag=标签，每类最多 %d 个",
                line, GW_SCOPE_WORDS_MAX);
    return 2;
}

static int set_role(struct gw_account_request *q, const char *name)
{
    q->role = gw_role_of_name(name);
    q->has_role = q->role < GW_ROLES;
    if (q->has_role)
        return 0;
    gw_complain("\"%s\" is no role; one of administrator, integrator, dispatcher, "
                "operator, viewer, wall_screen",
                "“%s”不是角色；应为 administrator、integrator、dispatcher、operator、"
                "viewer 或 wall_screen",
                name);
    return 2;
}

static int set_days(struct gw_account_request *q, const char *text)
{
    char *end;
    unsigned long days = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || days < 1 || days > GW_TOKEN_DAYS_MAX) {
        gw_complain("--days takes a whole number from 1 to %d, not \"%s\"",
                    "--days 应为 1 到 %d 的整数，而不是“%s”", GW_TOKEN_DAYS_MAX, text);
        return 2;
    }
    q->days = (unsigned)days;
    return 0;
}

static int take_option(struct gw_account_request *q, const char *option,
                       const char *value)
{
    if (value && strcmp(option, "--data") == 0) {
        q->dir = value;
        return 0;
    }
    if (value && strcmp(option, "--role") == 0)
        return set_role(q, value);
    if (value && strcmp(option, "--scope") == 0)
        return add_scope(q, value);
    if (value && strcmp(option, "--days") == 0)
        return set_days(q, value);
    gw_complain("there is no option \"%s\", or its value is missing; --help lists them",
                "没有选项“%s”，或缺少其值；用 --help 查看", option);
    return 2;
}

static int take_word(struct gw_account_request *q, const char *word)
{
    if (!q->verb) {
        q->verb = word;
        return 0;
    }
    if (!q->name && gw_account_name_valid(word)) {
        q->name = word;
        return 0;
    }
    gw_complain("\"%s\" is no name: 1 to %d bytes of text without \"/\", and one only",
                "“%s”不是有效名称：只能给一个，长度 1 到 %d 字节，不含“/”", word,
                GW_ACCOUNT_NAME_MAX);
    return 2;
}

int gw_account_request_read(struct gw_account_request *q, int argc, char **argv)
{
    int status = 0;
    *q =
        (struct gw_account_request) { .dir = "/var/lib/gridwall", .days = GW_TOKEN_DAYS };
    for (int i = 1; i < argc && status == 0; i++) {
        if (strcmp(argv[i], "--help") == 0)
            q->help = true;
        else if (strncmp(argv[i], "--", 2) != 0)
            status = take_word(q, argv[i]);
        else {
            status = take_option(q, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
            i++;
        }
    }
    return status;
}

struct gw_store *gw_account_request_open(const struct gw_account_request *q)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store = NULL;
    if (gw_store_open(q->dir, &store, error) < 0)
        gw_complain("%s", "%s", error);
    return store;
}

static void complain(int error, const struct gw_account *account)
{
    if (error == -EEXIST)
        gw_complain("\"%s\" exists already", "“%s”已存在", account->name);
    else if (error == -ENOENT)
        gw_complain("there is no \"%s\"; `list` shows who is", "没有“%s”；用 list 查看",
                    account->name);
    else if (error == -ENOBUFS)
        gw_complain("there are %d accounts, which is as many as there may be",
                    "账户已达上限 %d 个", GW_ACCOUNTS_MAX);
    else
        gw_complain("the registry cannot be written: %s", "台账无法写入：%s",
                    strerror(-error));
}

int gw_account_request_write(struct gw_store *store, const struct gw_account *account,
                             bool add)
{
    char author_name[GW_AUTHOR_MAX + 1];
    const struct gw_author author = { .name = author_name,
                                      .now_ms = gw_clock_unix_us() / GW_MS };
    gw_command_author(author_name);

    int r = gw_store_begin(store);
    if (r == 0)
        r = add ? gw_store_insert_account(store, account, &author)
                : gw_store_update_account(store, account, &author);
    if (r == 0)
        r = gw_store_commit(store);
    if (r < 0)
        complain(r, account);
    gw_store_close(store);
    return r < 0 ? 1 : 0;
}

struct listing {
    enum gw_account_kind kind;
    uint64_t now_ms;
};

static const char *state_of(const struct gw_account *a, uint64_t now_ms)
{
    if (a->disabled)
        return a->kind == GW_ACCOUNT_USER ? "disabled" : "revoked";
    return a->expires_ms && a->expires_ms <= now_ms ? "expired" : "active";
}

static int print_account(void *arg, const struct gw_account *a)
{
    const struct listing *l = arg;
    char until[sizeof("2027-01-31")] = "-";
    time_t t = (time_t)(a->expires_ms / 1000);
    struct tm day;
    if (a->kind != l->kind)
        return 0;
    if (a->expires_ms && gmtime_r(&t, &day))
        strftime(until, sizeof(until), "%F", &day);
    printf("%s\t%s\t%s\t%s\t", a->name, gw_role_name(a->role), state_of(a, l->now_ms),
           until);
    for (const char *c = a->scope; *c; c++)
        if (c[1] || *c != '\n')
            putchar(*c == '\n' ? ' ' : *c);
    putchar('\n');
    return 0;
}

int gw_account_request_list(const struct gw_account_request *q, enum gw_account_kind kind)
{
    struct listing listing = { kind, gw_clock_unix_us() / GW_MS };
    struct gw_store *store = gw_account_request_open(q);
    if (!store)
        return 1;
    puts("name\trole\tstate\tuntil\tscope");
    int r = gw_store_each_account(store, print_account, &listing);
    if (r < 0)
        gw_complain("the registry cannot be read: %s", "台账无法读取：%s", strerror(-r));
    gw_store_close(store);
    return r < 0 ? 1 : 0;
}
