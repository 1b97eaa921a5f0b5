#include "app/audit_question.h"
#include "app/audit_words.h"
#include "app/command_author.h"
#include "app/commands.h"
#include "app/json_audit.h"
#include "app/say.h"
#include "app/sheet.h"
#include "app/time_text.h"
#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANCHORS_MAX = 64, COLUMNS = 11 };

enum format { TEXT, CSV, JSONL, FORMATS };

static const char *const formats[FORMATS] = { "text", "csv", "jsonl" };

struct call {
    const char *verb;
    const char *dir;
    struct gw_audit_query query;
    enum format format;
    struct gw_audit_anchor anchors[ANCHORS_MAX];
    size_t anchor_count;
    bool help;
};

static void print_help(FILE *out)
{
    static const struct gw_text text = {
        "usage: gridwall audit VERB --data DIR [options]\n\n"
        "  verify         whether each entry is as it was written and none is missing;\n"
        "                 also while the engine runs\n"
        "    --anchor A   SEQ:HASH that the engine logged (audit_anchor): the log has "
        "to\n"
        "                 have that entry still; may be given again\n"
        "  list           the entries, newest first; that it was read is noted too\n"
        "    --from T     moments (2026-11-28T16:00:00+08:00) or days (2026-11-28)\n"
        "    --to T       up to, without it\n"
        "    --who WHO    \"user: NAME\", \"token: NAME\", \"command: NAME\", ...\n"
        "    --camera ID  what was done to or with it\n"
        "    --action A   watch_begin, camera_changed, sign_in, ...: docs/audit.md\n"
        "    --format F   text, csv (for spreadsheets) or jsonl (one object a line)\n\n"
        "Ends with 0 when the log is good, 1 when it is not or cannot be read, 2 when\n"
        "called wrongly.\n",
        "用法：gridwall audit 动作 --data 目录 [选项]\n\n"
        "  verify         校验每条记录是否与写入时一致、有无缺失；引擎运行时也可执行\n"
        "    --anchor A   引擎日志中的 "
        "序号:散列（audit_anchor），日志须仍含该条；可多次给出\n"
        "  list           列出记录，最新在前；查阅本身也会记录\n"
        "    --from T     时刻（2026-11-28T16:00:00+08:00）或日期（2026-11-28）\n"
        "    --to T       截止（不含）\n"
        "    --who 谁     \"user: 用户名\"、\"token: 名称\"、\"command: 用户名\" 等\n"
        "    --camera ID  与该摄像机有关的记录\n"
        "    --action A   watch_begin、camera_changed、sign_in 等，见 docs/audit.md\n"
        "    --format F   text、csv（电子表格）或 jsonl（每行一个对象）\n\n"
        "日志正常返回 0，异常或无法读取返回 1，用法错误返回 2。\n",
    };
    fputs(gw_text_in(text, gw_lang_of_terminal()), out);
}

// ---- what was called ----

static int take_anchor(struct call *c, const char *text)
{
    if (c->anchor_count == ANCHORS_MAX) {
        gw_complain("at most %d anchors are compared at once", "一次最多核对 %d 个锚点",
                    ANCHORS_MAX);
        return 2;
    }
    if (gw_audit_anchor_read(text, &c->anchors[c->anchor_count]) == 0) {
        c->anchor_count++;
        return 0;
    }
    gw_complain("\"%s\" is no anchor: a number, a colon and 64 hexadecimal digits",
                "“%s”不是锚点：应为序号、冒号和 64 位十六进制数字", text);
    return 2;
}

static int take_format(struct call *c, const char *name)
{
    for (c->format = TEXT; c->format < FORMATS; c->format++)
        if (strcmp(formats[c->format], name) == 0)
            return 0;
    gw_complain("--format is text, csv or jsonl, not \"%s\"",
                "--format 应为 text、csv 或 jsonl，而不是“%s”", name);
    return 2;
}

static int take_option(struct call *c, const char *option, const char *value)
{
    struct gw_text help;
    if (value && strcmp(option, "--data") == 0) {
        c->dir = value;
        return 0;
    }
    if (value && strcmp(option, "--anchor") == 0)
        return take_anchor(c, value);
    if (value && strcmp(option, "--format") == 0)
        return take_format(c, value);
    int r = value ? gw_audit_question_set(&c->query, option + 2, value, &help) : -ENOENT;
    if (r == -EINVAL)
        gw_complain("%s", "%s", gw_text_in(help, gw_lang_of_terminal()));
    if (r == -ENOENT)
        gw_complain("there is no option \"%s\", or its value is missing; --help lists "
                    "them",
                    "没有选项“%s”，或缺少其值；用 --help 查看", option);
    return r < 0 ? 2 : 0;
}

static int read_call(struct call *c, int argc, char **argv)
{
    int status = 0;
    *c = (struct call) { .dir = "/var/lib/gridwall" };
    for (int i = 1; i < argc && status == 0; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            c->help = true;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            status = take_option(c, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
            i++;
        } else if (!c->verb) {
            c->verb = argv[i];
        } else {
            gw_complain("\"%s\" is one word too many", "多余的参数“%s”", argv[i]);
            status = 2;
        }
    }
    return status;
}

// Asking a directory where there is nothing must not leave a database behind.
static struct gw_store *open_store(const struct call *c)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store = NULL;
    if (!gw_store_exists(c->dir))
        gw_complain("%s holds no registry; name its directory with --data",
                    "%s 中没有台账；请用 --data 指定其目录", c->dir);
    else if (gw_store_open(c->dir, &store, error) < 0)
        gw_complain("%s", "%s", error);
    return store;
}

static int complain(int error)
{
    gw_complain("the registry cannot be read: %s", "台账无法读取：%s", strerror(-error));
    return 1;
}

// ---- verify ----

static void on_progress(void *arg, size_t done, size_t total)
{
    (void)arg;
    fprintf(stderr, "\r%zu / %zu", done, total);
}

static int verify(const struct call *c)
{
    char words[GW_AUDIT_WORDS_MAX], anchor[GW_AUDIT_ANCHOR_TEXT];
    struct gw_audit_verdict v;
    bool shown = isatty(STDERR_FILENO);
    const struct gw_audit_check check = {
        .anchors = c->anchors,
        .anchor_count = c->anchor_count,
        .on_progress = shown ? on_progress : NULL,
    };
    struct gw_store *store = open_store(c);
    if (!store)
        return 1;
    int r = gw_audit_verify(store, &check, &v);
    gw_store_close(store);
    if (shown)
        fputs("\r\x1b[K", stderr);
    if (r < 0)
        return complain(r);
    gw_audit_words(&v, gw_lang_of_terminal(), words);
    puts(words);
    if (v.end.seq) {
        gw_audit_anchor_write(&v.end, anchor);
        printf(
            "%s%s\n",
            gw_text_in((struct gw_text) { "anchor: ", "锚点：" }, gw_lang_of_terminal()),
            anchor);
    }
    return gw_audit_is_good(&v) ? 0 : 1;
}

// ---- list ----

static const char *const columns[COLUMNS] = { "seq",     "at",      "who",     "address",
                                              "session", "action",  "subject", "outcome",
                                              "change",  "details", "hash" };

static void print_table(const struct gw_audit_entry *e, enum format format)
{
    char seq[24], at[GW_TIME_TEXT], change[24], hash[GW_SECRET_TEXT] = "";
    gw_time_write(e->at_ms, at);
    snprintf(seq, sizeof(seq), "%" PRId64, e->seq);
    snprintf(change, sizeof(change), "%" PRId64, e->change);
    if (e->hash)
        gw_secret_hex(e->hash, hash);
    const char *const cells[COLUMNS] = { seq,        at,         e->who,     e->address,
                                         e->session, e->action,  e->subject, e->outcome,
                                         change,     e->details, hash };
    if (format == CSV)
        gw_sheet_line(stdout, cells, COLUMNS);
    else // the hash and the change's number are for programs
        printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", seq, at, e->who, e->address, e->action,
               e->subject, e->outcome, e->details);
}

static int print_line(const struct gw_audit_entry *e)
{
    char *line = gw_json_audit_line(e);
    if (line)
        puts(line);
    free(line);
    return line ? 0 : -ENOMEM;
}

static int print_entry(void *arg, const struct gw_audit_entry *e)
{
    const struct call *c = arg;
    if (c->format == JSONL)
        return print_line(e);
    print_table(e, c->format);
    return 0;
}

static int note_reading(struct gw_store *store)
{
    char name[GW_AUTHOR_MAX + 1];
    gw_command_author(name);
    int r = gw_store_begin(store);
    if (r == 0)
        r = gw_store_add_audit(
            store, &(struct gw_audit_entry) { .at_ms = gw_clock_unix_us() / GW_MS,
                                              .who = name,
                                              .address = "",
                                              .session = "",
                                              .action = "audit_read",
                                              .subject = "",
                                              .outcome = "ok",
                                              .details = "" });
    if (r == 0)
        return gw_store_commit(store);
    gw_store_rollback(store);
    return r;
}

// Page by page: a long list must not hold back the log's being written.
static int print_pages(struct gw_store *store, struct call *c)
{
    struct gw_audit_place next = { 0 };
    int r;
    c->query.limit = GW_AUDIT_PAGE;
    do {
        r = gw_store_each_audit(store, &c->query, print_entry, c, &next);
        c->query.before_ms = next.at_ms;
        c->query.before_seq = next.seq;
    } while (r == 0 && next.seq);
    return r;
}

static int list(struct call *c)
{
    struct gw_store *store = open_store(c);
    if (!store)
        return 1;
    int r = note_reading(store);
    if (r == 0 && c->format == CSV) {
        gw_sheet_begin(stdout);
        gw_sheet_line(stdout, columns, COLUMNS);
    }
    if (r == 0)
        r = print_pages(store, c);
    gw_store_close(store);
    return r < 0 ? complain(r) : 0;
}

int gw_command_audit(int argc, char **argv)
{
    struct call c;
    int status = read_call(&c, argc, argv);
    if (status != 0)
        return status;
    if (c.help) {
        print_help(stdout);
        return 0;
    }
    if (c.verb && strcmp(c.verb, "verify") == 0)
        return verify(&c);
    if (c.verb && strcmp(c.verb, "list") == 0)
        return list(&c);
    print_help(stderr);
    return 2;
}
