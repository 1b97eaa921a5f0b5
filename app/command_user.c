#include "app/account_request.h"
#include "app/commands.h"
#include "app/password_prompt.h"
#include "app/say.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void print_help(FILE *out)
{
    static const struct gw_text text = {
        "usage: gridwall user VERB [NAME] --data DIR [options]\n\n"
        "  add NAME      a new user; the password is asked for, or read from standard\n"
        "                input\n"
        "  passwd NAME   another password\n"
        "  scope NAME    another role, another scope, or both\n"
        "  disable NAME  may not sign in; who is signed in is signed out\n"
        "  enable NAME   may again\n"
        "  list          everybody\n\n"
        "  --role ROLE   administrator, integrator, dispatcher, operator, viewer,\n"
        "                wall_screen\n"
        "  --scope WHAT  all, division=CODE, cell=CODE, department=NAME or tag=WORD; "
        "may\n"
        "                be given again. Each kind that is given must fit, within a "
        "kind\n"
        "                one of them. Without any nothing is seen; administrators see\n"
        "                all\n\n"
        "An engine may be running on DIR: it knows within a second.\n",
        "用法：gridwall user 动作 [用户名] --data 目录 [选项]\n\n"
        "  add 用户名      新增用户；密码在终端输入，或从标准输入读取\n"
        "  passwd 用户名   更换密码\n"
        "  scope 用户名    更换角色、可见范围，或两者\n"
        "  disable 用户名  停用，已登录者立即退出\n"
        "  enable 用户名   重新启用\n"
        "  list            列出全部用户\n\n"
        "  --role 角色     administrator、integrator、dispatcher、operator、viewer、\n"
        "                  wall_screen\n"
        "  --scope 范围    all、division=编码、cell=编码、department=名称 或 tag=标签，\n"
        "                  可多次给出。各类之间须同时满足，同类满足其一即可；\n"
        "                  不给则看不到任何内容，administrator 可见全部\n\n"
        "引擎可同时运行，一秒内生效。\n",
    };
    fputs(gw_text_in(text, gw_lang_of_terminal()), out);
}

static int new_password(char ret_hash[GW_PASSWORD_HASH])
{
    char password[GW_PASSWORD_MAX + 1];
    int r = gw_password_prompt(password);
    if (r < 0)
        return 1;
    r = gw_password_hash(password, ret_hash);
    explicit_bzero(password, sizeof(password));
    if (r < 0)
        gw_complain("the password cannot be kept: %s", "密码无法保存：%s", strerror(-r));
    return r < 0 ? 1 : 0;
}

static int add(const struct gw_account_request *q)
{
    char hash[GW_PASSWORD_HASH];
    if (!q->has_role) {
        gw_complain("a user needs a role: --role viewer, for example",
                    "新增用户须指定角色，例如 --role viewer");
        return 2;
    }
    int status = new_password(hash);
    struct gw_store *store = status == 0 ? gw_account_request_open(q) : NULL;
    const struct gw_account account = {
        .kind = GW_ACCOUNT_USER,
        .name = q->name,
        .secret = hash,
        .role = q->role,
        .scope = q->scope,
    };
    return store ? gw_account_request_write(store, &account, true) : 1;
}

// What a verb makes of an account that exists.
static int change(const struct gw_account_request *q)
{
    char hash[GW_PASSWORD_HASH];
    struct gw_account account;
    bool passwd = strcmp(q->verb, "passwd") == 0;
    if (passwd && new_password(hash) != 0)
        return 1;
    struct gw_store *store = gw_account_request_open(q);
    if (!store)
        return 1;
    if (gw_store_find_account(store, GW_ACCOUNT_USER, q->name, &account) < 0)
        account = (struct gw_account) { .kind = GW_ACCOUNT_USER, .name = q->name };
    char secret[GW_PASSWORD_HASH] = "";
    char *scope = strdup(account.scope ? account.scope : "");
    snprintf(secret, sizeof(secret), "%s", account.secret ? account.secret : "");
    if (!scope) {
        gw_store_close(store);
        return 1;
    }
    account.name = q->name;
    account.secret = passwd ? hash : secret;
    account.scope = q->has_scope ? q->scope : scope;
    account.role = q->has_role ? q->role : account.role;
    if (strcmp(q->verb, "disable") == 0 || strcmp(q->verb, "enable") == 0)
        account.disabled = *q->verb == 'd';
    int status = gw_account_request_write(store, &account, false);
    free(scope);
    return status;
}

int gw_command_user(int argc, char **argv)
{
    static const char *const changes[] = { "passwd", "scope", "disable", "enable" };
    struct gw_account_request q;
    int status = gw_account_request_read(&q, argc, argv);
    if (status != 0)
        return status;
    if (q.help) {
        print_help(stdout);
        return 0;
    }
    if (q.verb && strcmp(q.verb, "list") == 0)
        return gw_account_request_list(&q, GW_ACCOUNT_USER);
    if (q.verb && q.name && strcmp(q.verb, "add") == 0)
        return add(&q);
    for (size_t i = 0; q.verb && q.name && i < sizeof(changes) / sizeof(*changes); i++)
        if (strcmp(q.verb, changes[i]) == 0)
            return change(&q);
    print_help(stderr);
    return 2;
}
