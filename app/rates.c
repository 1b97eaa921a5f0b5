#include "app/rates.h"

#include "map/secret.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_BYTES = 160 }; // a longer one is cut: names have 96, addresses 64

struct gw_rates {
    struct gw_rate account, address; // per_s 0: no limit
    pthread_mutex_t lock;            // for all below
    struct gw_rate_limit *limit;
    uint64_t refused;
};

struct gw_rates *gw_rates_create(const struct gw_settings *settings)
{
    uint64_t seed;
    if (gw_secret_random(&seed, sizeof(seed)) < 0)
        return NULL;
    struct gw_rates *rates = calloc(1, sizeof(*rates));
    if (!rates)
        return NULL;
    pthread_mutex_init(&rates->lock, NULL);
    rates->account = (struct gw_rate) { settings->api_rate, settings->api_burst };
    rates->address = (struct gw_rate) { settings->api_rate * GW_RATES_ADDRESS,
                                        settings->api_burst * GW_RATES_ADDRESS };
    rates->limit = gw_rate_limit_create(seed);
    if (rates->limit)
        return rates;
    gw_rates_destroy(rates);
    return NULL;
}

void gw_rates_destroy(struct gw_rates *rates)
{
    if (!rates)
        return;
    gw_rate_limit_destroy(rates->limit);
    pthread_mutex_destroy(&rates->lock);
    free(rates);
}

static struct gw_rate_verdict ask(struct gw_rates *rates, const char *kind,
                                  const char *who, const struct gw_rate *rate,
                                  uint64_t now_us)
{
    char name[NAME_MAX_BYTES];
    snprintf(name, sizeof(name), "%s %s", kind, who);
    return gw_rate_limit_ask(rates->limit, name, rate, now_us);
}

bool gw_rates_ask(struct gw_rates *rates, const char *account, const char *address,
                  uint64_t now_us, struct gw_rate_verdict *ret_verdict)
{
    if (!rates->account.per_s)
        return false;
    pthread_mutex_lock(&rates->lock);
    struct gw_rate_verdict v = ask(rates, "from", address, &rates->address, now_us),
                           of_account;
    if (v.allowed && account) {
        of_account = ask(rates, "as", account, &rates->account, now_us);
        if (!of_account.allowed || of_account.remaining < v.remaining)
            v = of_account;
    }
    rates->refused += !v.allowed;
    pthread_mutex_unlock(&rates->lock);
    *ret_verdict = v;
    return true;
}

uint64_t gw_rates_burst(const struct gw_rates *rates)
{
    return rates->account.burst;
}

uint64_t gw_rates_window_s(const struct gw_rates *rates)
{
    uint64_t per_s = rates->account.per_s;
    return per_s ? (rates->account.burst + per_s - 1) / per_s : 0;
}

uint64_t gw_rates_refused(struct gw_rates *rates)
{
    pthread_mutex_lock(&rates->lock);
    uint64_t refused = rates->refused;
    pthread_mutex_unlock(&rates->lock);
    return refused;
}
