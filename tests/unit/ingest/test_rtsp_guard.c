// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/rtsp_auth.h"
#include "ingest/rtsp_guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const uint64_t RANDOM[2] = { 0x0123456789abcdef, 0xfedcba9876543210 };

static int check_head(const struct gw_rtsp_guard *g, const char *head, const char *key)
{
    struct gw_rtsp_message m;
    assert_int_equal(gw_rtsp_message_parse(head, strlen(head), &m), 0);
    return gw_rtsp_guard_check(g, &m, key);
}

static int check(const char *authorization, const char *key)
{
    struct gw_rtsp_guard g;
    char head[4096];

    gw_rtsp_guard_init(&g, RANDOM);
    snprintf(head, sizeof(head), "ANNOUNCE rtsp://e/push/1/main RTSP/1.0\r\n%s\r\n\r\n",
             authorization);
    return check_head(&g, head, key);
}

// Our own client, which answers cameras, answers the challenge: `only` keeps the
// line of one scheme.
static int answered_by_client(const char *only, const char *password, const char *key)
{
    struct gw_rtsp_guard g;
    char challenge[GW_RTSP_GUARD_CHALLENGE_BYTES];
    char head[4096] = "RTSP/1.0 401 Unauthorized\r\n";
    char value[GW_RTSP_AUTHORIZATION_MAX];
    struct gw_rtsp_message m;
    struct gw_rtsp_auth *auth;

    gw_rtsp_guard_init(&g, RANDOM);
    gw_rtsp_guard_challenge(&g, challenge);
    for (char *line = strtok(challenge, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        if (strstr(line, only)) {
            strcat(head, line);
            strcat(head, "\r\n");
        }
    }
    strcat(head, "\r\n");
    assert_int_equal(gw_rtsp_message_parse(head, strlen(head), &m), 0);
    assert_int_equal(gw_rtsp_auth_create(&m, &auth), 0);
    const struct gw_rtsp_auth_request request = {
        .method = "ANNOUNCE",
        .uri = "rtsp://e/push/1/main",
        .user = "cam \"1\"",
        .password = password,
        .cnonce = "0a4f",
    };
    assert_int_equal(gw_rtsp_auth_write(auth, &request, value, sizeof(value)), 0);
    gw_rtsp_auth_destroy(auth);

    snprintf(head, sizeof(head),
             "ANNOUNCE rtsp://e/push/1/main RTSP/1.0\r\nAuthorization: %s\r\n\r\n",
             value);
    return check_head(&g, head, key);
}

static void every_scheme_lets_the_key_in_and_nothing_else(void **state)
{
    static const char *const schemes[] = { "Basic", "SHA-256", "=MD5" };
    (void)state;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
        assert_int_equal(answered_by_client(schemes[i], "k:e@y", "k:e@y"), 0);
        assert_int_equal(answered_by_client(schemes[i], "k:e@Y", "k:e@y"), -EACCES);
        assert_int_equal(answered_by_client(schemes[i], "", "k:e@y"), -EACCES);
    }
}

// RFC 7616 section 3.9.1 has no nonce of ours: this one was computed with another
// program (`printf | md5sum`).
static void a_digest_without_qop_is_that_of_rfc_2617(void **state)
{
    (void)state;
    // md5("u:gridwall:key"), md5("ANNOUNCE:/x")
    assert_int_equal(check("Authorization: Digest username=\"u\", realm=\"gridwall\", "
                           "nonce=\"0123456789abcdeffedcba9876543210\", uri=\"/x\", "
                           "response=\"85a94d47b9c5fa04142de877e3ef8169\"",
                           "key"),
                     0);
}

static void what_is_no_answer_is_refused(void **state)
{
    static const char *const bad[] = {
        "X: none",
        "Authorization:",
        "Authorization: Basic",
        "Authorization: Basic !!!!",
        "Authorization: Basic a2V5", // "key", without a colon
        "Authorization: Bearer key",
        "Authorization: Digest",
        "Authorization: Digest username",
        "Authorization: Digest nonce=\"of somebody else\", response=\"00\"",
        "Authorization: Digest nonce=\"0123456789abcdeffedcba9876543210\"",
        "Authorization: Digest nonce=\"0123456789abcdeffedcba9876543210\", "
        "algorithm=SHA-512-256, response=\"00\"",
        "Authorization: Digest nonce=\"0123456789abcdeffedcba9876543210\", "
        "qop=auth-int, response=\"00\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(check(bad[i], "key"), -EACCES);
}

static void an_answer_over_the_limit_is_refused(void **state)
{
    char long_one[GW_RTSP_GUARD_AUTHORIZATION_MAX + 64];
    (void)state;
    memset(long_one, 'A', sizeof(long_one));
    memcpy(long_one, "Authorization: Basic ", 21);
    long_one[sizeof(long_one) - 1] = '\0';
    assert_int_equal(check(long_one, "key"), -EACCES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scheme_lets_the_key_in_and_nothing_else),
        cmocka_unit_test(a_digest_without_qop_is_that_of_rfc_2617),
        cmocka_unit_test(what_is_no_answer_is_refused),
        cmocka_unit_test(an_answer_over_the_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
