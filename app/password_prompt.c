#include "app/password_prompt.h"

#include "app/say.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// A line without its end. Returns false at the end of the input, or when it is too long.
static bool read_line(char *ret_line, size_t room)
{
    if (!fgets(ret_line, (int)room, stdin))
        return false;
    size_t len = strcspn(ret_line, "\r\n");
    bool whole = ret_line[len] != '\0' || feof(stdin);
    ret_line[len] = '\0';
    return whole;
}

static bool ask(struct gw_text prompt, char *ret_line, size_t room)
{
    struct termios before, silent;
    if (tcgetattr(STDIN_FILENO, &before) < 0)
        return false;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    fputs(gw_text_in(prompt, gw_lang_of_terminal()), stderr);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    bool good = read_line(ret_line, room);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return good;
}

int gw_password_prompt(char ret_password[GW_PASSWORD_MAX + 1])
{
    char first[GW_PASSWORD_MAX + 3] = "", again[GW_PASSWORD_MAX + 3] = "";
    bool terminal = isatty(STDIN_FILENO);
    bool good = terminal ? ask((struct gw_text) { "New password: ", "新密码：" }, first,
                               sizeof(first))
                         : read_line(first, sizeof(first));
    size_t len = strlen(first);

    if (!good || len < GW_PASSWORD_MIN || len > GW_PASSWORD_MAX) {
        gw_complain("a password has %d to %d bytes", "密码长度须为 %d 到 %d 字节",
                    GW_PASSWORD_MIN, GW_PASSWORD_MAX);
        return -EINVAL;
    }
    if (terminal && (!ask((struct gw_text) { "The same again: ", "再次输入：" }, again,
                          sizeof(again)) ||
                     strcmp(first, again) != 0)) {
        gw_complain("the two passwords differ; nothing was changed",
                    "两次输入的密码不一致，未作更改");
        return -EINVAL;
    }
    memcpy(ret_password, first, len + 1);
    return 0;
}
