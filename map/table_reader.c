#include "map/table_reader.h"

#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; // POSIX has it in no header

struct gw_table_reader {
    struct gw_child child; // pid 0: none that was not waited for
    int text_fd;           // its standard output
    int said_fd;           // its standard error
    int silence_ms;
    bool (*is_over)(void *arg); // or NULL
    void *arg;
    bool ended;  // all of the text was read
    bool silent; // for too long
};

// What GDAL, PROJ and sanitizers need to know of where things are; GDAL takes orders from
// many other variables, which are not for it to have.
static bool is_passed_on(const char *variable)
{
    static const char *const names[] = {
        "PROJ_DATA=",    "PROJ_LIB=",     "GDAL_DATA=",     "LD_LIBRARY_PATH=",
        "ASAN_OPTIONS=", "LSAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS="
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

enum { ENVIRONMENT_MAX = 9 }; // as many as above, each once, and the NULL

static void choose_environment(char *ret[ENVIRONMENT_MAX])
{
    int n = 0;
    for (char **v = environ; *v && n + 1 < ENVIRONMENT_MAX; v++)
        if (is_passed_on(*v))
            ret[n++] = *v;
    ret[n] = NULL;
}

static int spawn(struct gw_table_reader *t, const char *program, const char *file,
                 const char *columns_file, int text_fd, int said_fd)
{
    char name[] = "gridwall-table";
    char *argv[] = { name, (char *)file, (char *)columns_file, NULL };
    char *environment[ENVIRONMENT_MAX];
    const struct gw_child_config config = {
        .program = program,
        .argv = argv,
        .environment = environment,
        .in_fd = GW_CHILD_NOTHING,
        .out_fd = text_fd,
        .error_fd = said_fd,
        .first_fd = GW_CHILD_NOTHING,
    };
    choose_environment(environment);
    return gw_child_start(&config, &t->child);
}

static void end(struct gw_table_reader *t)
{
    if (t->child.pid > 0)
        gw_child_kill(t->child.pid);
    t->child.pid = 0;
}

static void destroy(struct gw_table_reader *t)
{
    end(t);
    for (int i = 0; i < 3; i++) {
        int fd = (const int[]) { t->child.pid_fd, t->text_fd, t->said_fd }[i];
        if (fd >= 0)
            (void)close(fd);
    }
    free(t);
}

static int start(struct gw_table_reader *t, const char *program, const char *file,
                 const char *columns_file)
{
    int text[2], said[2];

    if (pipe2(text, O_CLOEXEC))
        return -errno;
    t->text_fd = text[0];
    int r = pipe2(said, O_CLOEXEC) ? -errno : 0;
    if (!r) {
        t->said_fd = said[0];
        r = spawn(t, program, file, columns_file, text[1], said[1]);
        (void)close(said[1]);
    }
    (void)close(text[1]);
    return r;
}

int gw_table_reader_open(const char *program, const char *file, const char *columns_file,
                         int silence_ms, struct gw_table_reader **ret_reader)
{
    struct gw_table_reader *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->child.pid_fd = t->text_fd = t->said_fd = -1;
    t->silence_ms = silence_ms;
    int r = start(t, program, file, columns_file);
    if (r) {
        destroy(t);
        return r;
    }
    *ret_reader = t;
    return 0;
}

void gw_table_reader_heed(struct gw_table_reader *t, bool (*is_over)(void *arg),
                          void *arg)
{
    t->is_over = is_over;
    t->arg = arg;
}

// Returns 0 once something is there, -ETIMEDOUT when it is too late for it, or
// -ECANCELED.
static int await(struct gw_table_reader *t, int fd)
{
    enum { TURN_MS = 200 };
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int left_ms = t->silence_ms, r;
    do {
        int turn_ms = left_ms < TURN_MS ? left_ms : TURN_MS;
        r = poll(&p, 1, turn_ms);
        left_ms -= r == 0 ? turn_ms : 0;
        if (r == 0 && t->is_over && t->is_over(t->arg))
            return -ECANCELED;
    } while ((r < 0 && errno == EINTR) || (r == 0 && left_ms > 0));
    t->silent = r <= 0;
    return t->silent ? -ETIMEDOUT : 0;
}

long gw_table_reader_read(struct gw_table_reader *t, char *buf, size_t size)
{
    ssize_t n;

    int r = await(t, t->text_fd);
    if (r < 0)
        return r;
    do
        n = read(t->text_fd, buf, size);
    while (n < 0 && errno == EINTR);
    t->ended = n == 0;
    return n < 0 ? -errno : n;
}

static enum gw_table_ending reap(struct gw_table_reader *t)
{
    siginfo_t info = { 0 };

    // Its text has ended, and so should the process.
    if (await(t, t->child.pid_fd) < 0)
        return GW_TABLE_OUT_OF_TIME;
    if (waitid(P_PIDFD, (id_t)t->child.pid_fd, &info, WEXITED) < 0)
        return GW_TABLE_CRASHED;
    t->child.pid = 0;
    return gw_table_ending_of(info.si_code == CLD_EXITED, info.si_status);
}

bool gw_table_reader_finish(struct gw_table_reader *t, enum gw_table_ending *ret_ending,
                            char ret_said[GW_TABLE_SAID_MAX])
{
    bool over = t->ended || t->silent;
    enum gw_table_ending ending = t->silent ? GW_TABLE_OUT_OF_TIME : GW_TABLE_CRASHED;

    if (t->ended)
        ending = reap(t);
    end(t);
    if (over) {
        // The process is gone: what the pipe holds is all, and the read does not block.
        ssize_t n = read(t->said_fd, ret_said, GW_TABLE_SAID_MAX - 1);
        ret_said[n > 0 ? n : 0] = '\0';
        *ret_ending = ending;
    }
    destroy(t);
    return over;
}
