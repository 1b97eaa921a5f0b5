// One HTTP request to the engine, answered whole.
#ifndef GW_TESTS_HARNESS_HTTP_CLIENT_H
#define GW_TESTS_HARNESS_HTTP_CLIENT_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

struct http_answer {
    int status;
    char *head; // lines as they came, for strcasestr()
    char *body; // a zero behind it
    size_t body_len;
};

// `body` NULL: none. Fails the test when there is no answer.
void http_request(uint16_t port, const char *method, const char *path, const char *body,
                  struct http_answer *ret_answer);

// The same with bytes of the caller's, which ask for the connection's end.
void http_exchange(uint16_t port, const char *bytes, size_t len,
                   struct http_answer *ret_answer);
void http_answer_free(struct http_answer *answer);

// GET that must be answered with 200 and JSON; cJSON_Delete() it.
cJSON *http_get_json(uint16_t port, const char *path);

// A figure of /metrics, summed over its shards where it has them.
double http_get_metric(uint16_t port, const char *name);

// Asks until the figure is from `low` to `high`; fails the test after 60 s.
void http_await_metric(uint16_t port, const char *name, double low, double high);

#endif
