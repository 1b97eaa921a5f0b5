#include "app/account_request.h"
#include "app/commands.h"
#include "app/say.h"
#include "base/clock.h"
#include "base/text.h"
#include "map/secret.h"

#include <string.h>

static void print_help(FILE *out)
{
    static const struct gw_text text = {
        "usage: gridwall token VERB [NAME] --data DIR [options]\n\n"
        "  create NAME   a new token; its word is printed this once and kept nowhere\n"
        "  revoke NAME   is good for nothing any more\n"
        "  list          all of them, without their words\n\n"
        "  --role, --scope  as of `gridwall user`\n"
        "  --days N      until it expires, 1 to 3650 [365]\n\n"
        "A program sends it along as  Authorization: Bearer WORD\n",
        "用法：gridwall token 动作 [名称] --data 目录 [选项]\n\n"
        "  create 名称   新建令牌；令牌仅显示这一次，不作保存\n"
        "  revoke 名称   立即作废\n"
        "  list          列出全部令牌（不含令牌本身）\n\n"
        "  --role、--scope  同 gridwall user\n"
        "  --days N      有效天数，1 到 3650 [365]\n\n"
        "程序以请求头发送：Authorization: Bearer 令牌\n",
    };
    fputs(gw_text_in(text, gw_lang_of_terminal()), out);
}

static int create(const struct gw_account_request *q)
{
    char word[GW_SECRET_TEXT], digest[GW_SECRET_TEXT];
    const uint64_t day_ms = 24ull * 3600 * 1000;
    if (!q->has_role) {
        gw_complain("a token needs a role: --role viewer, for example",
                    "新建令牌须指定角色，例如 --role viewer");
        return 2;
    }
    if (gw_secret_word(word) < 0 || gw_secret_digest(word, strlen(word), digest) < 0) {
        gw_complain("the system has no random numbers to give", "系统无法提供随机数");
        return 1;
    }
    const struct gw_account account = {
        .kind = GW_ACCOUNT_TOKEN,
        .name = q->name,
        .secret = digest,
        .role = q->role,
        .scope = q->scope,
        .expires_ms = gw_clock_unix_us() / GW_MS + q->days * day_ms,
    };
    struct gw_store *store = gw_account_request_open(q);
    int status = store ? gw_account_request_write(store, &account, true) : 1;
    if (status == 0)
        puts(word);
    return status;
}

static int revoke(const struct gw_account_request *q)
{
    struct gw_account account;
    struct gw_store *store = gw_account_request_open(q);
    if (!store)
        return 1;
    if (gw_store_find_account(store, GW_ACCOUNT_TOKEN, q->name, &account) < 0)
        account = (struct gw_account) { .kind = GW_ACCOUNT_TOKEN };
    // Its digest is of no use any more.
    account.name = q->name;
    account.secret = "";
    account.scope = "";
    account.disabled = true;
    return gw_account_request_write(store, &account, false);
}

int gw_command_token(int argc, char **argv)
{
    struct gw_account_request q;
    int status = gw_account_request_read(&q, argc, argv);
    if (status != 0)
        return status;
    if (q.help) {
        print_help(stdout);
        return 0;
    }
    if (q.verb && strcmp(q.verb, "list") == 0)
        return gw_account_request_list(&q, GW_ACCOUNT_TOKEN);
    if (q.verb && q.name && strcmp(q.verb, "create") == 0)
        return create(&q);
    if (q.verb && q.name && strcmp(q.verb, "revoke") == 0)
        return revoke(&q);
    print_help(stderr);
    return 2;
}
