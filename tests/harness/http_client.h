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
void http_answer_free(struct http_answer *answer);

// GET that must be answered with 200 and JSON; cJSON_Delete() it.
cJSON *http_get_json(uint16_t port, const char *path);

// The sum over all shards of a figure of /metrics.
double http_get_metric(uint16_t port, const char *name);

#endif
