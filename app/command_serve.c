#include "app/access.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/settings.h"
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void print_help(void)
{
    puts("usage: gridwall serve [OPTIONS]\n");
    gw_settings_help(stdout);
}

// Blocked in every thread, taken by this one. The end of a terminal (SIGHUP) ends the
// program as ever, unless there is a certificate to be read again.
static void block_signals(const struct gw_settings *settings, sigset_t *ret_set)
{
    sigemptyset(ret_set);
    sigaddset(ret_set, SIGINT);
    sigaddset(ret_set, SIGTERM);
    if (settings->tls_cert)
        sigaddset(ret_set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, ret_set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

// Until one that ends the program.
static int await_signal(struct gw_engine *engine, const sigset_t *signals)
{
    char error[GW_SAY_MAX];
    int received = 0;

    while (sigwait(signals, &received) == 0 && received == SIGHUP)
        if (gw_engine_renew(engine, error) < 0)
            gw_log(GW_LOG_ERROR, "certificate_refused",
                   "text=\"the old one stays in use: %s\"", error);
    return received;
}

// On standard output only: it is as good as a password, and logs are kept.
static void print_set_up(const struct gw_settings *settings, struct gw_engine *engine)
{
    char word[GW_SECRET_TEXT];
    if (gw_access_begin_set_up(gw_engine_access(engine), word) <= 0)
        return;
    // Behind "#", so that it goes into no request line and no proxy's log.
    printf("nobody can sign in yet; within %d hours open "
           "%s://127.0.0.1:%u/set-up#%s\n",
           GW_SET_UP_HOURS, settings->tls_cert ? "https" : "http", gw_engine_port(engine),
           word);
}

static int run(const struct gw_settings *settings)
{
    char error[GW_SAY_MAX];
    struct gw_engine *engine;
    sigset_t signals;

    block_signals(settings, &signals);
    int r = gw_engine_start(settings, &engine, error);
    if (r < 0) {
        gw_complain("%s", "%s", error);
        return 1;
    }

    // The first line on standard output says where: scripts wait for it.
    printf("listening on %s://127.0.0.1:%u\n", settings->tls_cert ? "https" : "http",
           gw_engine_port(engine));
    print_set_up(settings, engine);
    if (gw_engine_push_port(engine))
        printf("sources push to rtsp://127.0.0.1:%u/push/ID\n",
               gw_engine_push_port(engine));
    fflush(stdout);
    gw_log(GW_LOG_INFO, "started", "version=%s port=%u shards=%u", GW_VERSION,
           gw_engine_port(engine), gw_engine_shards(engine));

    int received = await_signal(engine, &signals);
    gw_log(GW_LOG_INFO, "stopping", "signal=%d", received);
    gw_engine_stop(engine);
    return 0;
}

int gw_command_serve(int argc, char **argv)
{
    char error[GW_SAY_MAX];
    struct gw_settings settings;
    int status;

    if (gw_settings_init(&settings) < 0)
        return 1;
    int r = gw_settings_from_args(&settings, argc, argv, error);
    if (r > 0) {
        print_help();
        status = 0;
    } else if (r < 0) {
        gw_complain("%s", "%s", error);
        status = 2;
    } else {
        gw_log_set_level(settings.verbose ? GW_LOG_DEBUG : GW_LOG_INFO);
        status = run(&settings);
    }
    gw_settings_finish(&settings);
    return status;
}
