// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/rtsp_auth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct gw_rtsp_auth_request ADMIN = {
    .method = "DESCRIBE",
    .uri = "rtsp://10.0.0.1/x",
    .user = "admin",
    .password = "p@ss:1",
    .cnonce = "f00d",
};

static int challenge(const char *headers, struct gw_rtsp_auth **ret_auth)
{
    struct gw_rtsp_message m = { .response = true, .status = 401 };
    m.headers = (struct gw_rtsp_text) { headers, strlen(headers) };
    return gw_rtsp_auth_create(&m, ret_auth);
}

static void answer_has(const char *headers, const struct gw_rtsp_auth_request *request,
                       const char *part)
{
    char buf[GW_RTSP_AUTHORIZATION_MAX];
    struct gw_rtsp_auth *auth = NULL;

    assert_int_equal(challenge(headers, &auth), 0);
    assert_int_equal(gw_rtsp_auth_write(auth, request, buf, sizeof(buf)), 0);
    if (!strstr(buf, part))
        fail_msg("no '%s' in '%s'", part, buf);
    gw_rtsp_auth_destroy(auth);
}

// The example of RFC 7616 section 3.9.1, both algorithms.
static void computes_the_example_of_the_standard(void **state)
{
    static const struct gw_rtsp_auth_request request = {
        .method = "GET",
        .uri = "/dir/index.html",
        .user = "Mufasa",
        .password = "Circle of Life",
        .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    };
#define EXAMPLE(algorithm)                                                               \
    "WWW-Authenticate: Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", " \
    "algorithm=" algorithm ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "  \
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"\r\n"
    (void)state;
    answer_has(EXAMPLE("MD5"), &request, "response=\"8ca523f5e9506fed4657c9700eebdbec\"");
    answer_has(
        EXAMPLE("SHA-256"), &request,
        "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"");
    answer_has(EXAMPLE("MD5"), &request,
               "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
}

static void answers_without_qop_as_old_cameras_expect(void **state)
{
    (void)state;
    answer_has("WWW-Authenticate: Digest realm=\"IP Camera\", nonce=\"abc\"\r\n", &ADMIN,
               "response=\"a950f19fb6e42199055289ca061f9bdd\"");
}

// Quirk 1: several headers; the strongest counts, in any order.
static void takes_the_strongest_challenge(void **state)
{
    // Quirk 3: one list, folded, parameters in any order, quoted or not.
    static const char one_list[] =
        "www-authenticate: Basic realm=\"IP Camera\",\r\n Digest nonce = abc ,\r\n"
        "\trealm=\"IP Camera\" , stale=false, algorithm=sha-256 , Negotiate\r\n";
    static const char *const orders[] = {
        "WWW-Authenticate: Basic realm=\"IP Camera\"\r\n"
        "WWW-Authenticate: Digest realm=\"IP Camera\", nonce=\"abc\"\r\n"
        "WWW-Authenticate: Digest realm=\"IP Camera\", nonce=\"abc\", "
        "algorithm=SHA-256\r\n",
        "WWW-Authenticate: Digest algorithm=\"SHA-256\", realm=\"IP Camera\", "
        "nonce=abc\r\n"
        "WWW-Authenticate: Digest realm=\"IP Camera\", nonce=\"abc\", algorithm=MD5\r\n",
        one_list,
    };
    (void)state;
    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
        answer_has(orders[i], &ADMIN,
                   "9961e04331a4c4cdb078ee817cb21fe6792bd51b6136b434f4dde853d735436c");
}

// Quirk 2 (Dahua): qop on the SHA-256 challenge only.
static void sends_nc_and_cnonce_when_qop_is_offered(void **state)
{
    (void)state;
    answer_has(
        "WWW-Authenticate: Digest realm=\"IP Camera\", nonce=\"abc\"\r\n"
        "WWW-Authenticate: Digest realm=\"IP Camera\", nonce=\"abc\", qop=\"auth\", "
        "algorithm=SHA-256\r\n",
        &ADMIN,
        "response=\"5e997e18f964d5167b4a31c14c38cbbea608cb83bfb6017db58ff56698e3ece1\", "
        "algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"f00d\"");
}

static void counts_the_answers_under_one_nonce(void **state)
{
    char buf[GW_RTSP_AUTHORIZATION_MAX];
    struct gw_rtsp_auth *auth = NULL;
    (void)state;

    assert_int_equal(
        challenge("WWW-Authenticate: Digest nonce=\"a\", qop=auth\r\n", &auth), 0);
    assert_int_equal(gw_rtsp_auth_write(auth, &ADMIN, buf, sizeof(buf)), 0);
    assert_int_equal(gw_rtsp_auth_write(auth, &ADMIN, buf, sizeof(buf)), 0);
    assert_non_null(strstr(buf, "nc=00000002"));
    gw_rtsp_auth_destroy(auth);
}

static void answers_basic(void **state)
{
    (void)state;
    answer_has("WWW-Authenticate: Basic realm=\"x\"\r\n", &ADMIN,
               "Basic YWRtaW46cEBzczox");
}

static void knows_a_stale_nonce(void **state)
{
    struct gw_rtsp_auth *auth = NULL;
    (void)state;
    assert_int_equal(
        challenge("WWW-Authenticate: Digest nonce=\"a\", stale=TRUE\r\n", &auth), 0);
    assert_true(gw_rtsp_auth_is_stale(auth));
    gw_rtsp_auth_destroy(auth);
    assert_int_equal(challenge("WWW-Authenticate: Digest nonce=\"a\"\r\n", &auth), 0);
    assert_false(gw_rtsp_auth_is_stale(auth));
    gw_rtsp_auth_destroy(auth);
}

static void escapes_the_user_name(void **state)
{
    struct gw_rtsp_auth_request request = ADMIN;
    (void)state;
    request.user = "a\"b\\c";
    answer_has("WWW-Authenticate: Digest nonce=\"a\"\r\n", &request,
               "username=\"a\\\"b\\\\c\", realm");
}

static void what_is_echoed_stays_within_its_quotes(void **state)
{
    (void)state;
    answer_has("WWW-Authenticate: Digest nonce=a\"b, realm=c\\\r\n", &ADMIN,
               "realm=\"c\", nonce=\"ab\", uri");
    answer_has("WWW-Authenticate: Digest nonce=\"a\\\"b\"\r\n", &ADMIN,
               "nonce=\"a\\\"b\", uri");
}

static void refuses_what_it_cannot_answer(void **state)
{
    struct gw_rtsp_auth *auth = NULL;
    (void)state;
    assert_int_equal(challenge("", &auth), -ENOTSUP);
    assert_int_equal(challenge("WWW-Authenticate: Negotiate abc==\r\n", &auth), -ENOTSUP);
    assert_int_equal(challenge("WWW-Authenticate: Digest realm=\"x\"\r\n", &auth),
                     -ENOTSUP);
    assert_int_equal(
        challenge("WWW-Authenticate: Digest nonce=\"x\", algorithm=SHA-512-256\r\n",
                  &auth),
        -ENOTSUP);
    assert_int_equal(
        challenge("WWW-Authenticate: Digest nonce=\"x\", qop=\"auth-int\"\r\n", &auth),
        -ENOTSUP);
    assert_int_equal(challenge("WWW-Authenticate: Digest nonce=\"x", &auth), 0);
    gw_rtsp_auth_destroy(auth);
}

static void keeps_to_its_limits(void **state)
{
    static const char begin[] = "WWW-Authenticate: Digest nonce=";
    char header[sizeof(begin) + GW_RTSP_CHALLENGE_MAX + 1];
    struct gw_rtsp_auth *auth = NULL;
    char buf[64];
    (void)state;

    memset(header, 'n', sizeof(header));
    memcpy(header, begin, sizeof(begin) - 1);
    header[sizeof(header) - 1] = '\0';
    assert_int_equal(challenge(header, &auth), -EMSGSIZE);
    assert_null(auth);
    header[sizeof(header) - 2] = '\0';
    assert_int_equal(challenge(header, &auth), 0);
    assert_int_equal(gw_rtsp_auth_write(auth, &ADMIN, buf, sizeof(buf)), -EMSGSIZE);
    gw_rtsp_auth_destroy(auth);

    assert_int_equal(challenge("WWW-Authenticate: Basic\r\n", &auth), 0);
    assert_int_equal(gw_rtsp_auth_write(auth, &ADMIN, buf, 12), -EMSGSIZE);
    gw_rtsp_auth_destroy(auth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_the_example_of_the_standard),
        cmocka_unit_test(answers_without_qop_as_old_cameras_expect),
        cmocka_unit_test(takes_the_strongest_challenge),
        cmocka_unit_test(sends_nc_and_cnonce_when_qop_is_offered),
        cmocka_unit_test(counts_the_answers_under_one_nonce),
        cmocka_unit_test(answers_basic),
        cmocka_unit_test(knows_a_stale_nonce),
        cmocka_unit_test(escapes_the_user_name),
        cmocka_unit_test(what_is_echoed_stays_within_its_quotes),
        cmocka_unit_test(refuses_what_it_cannot_answer),
        cmocka_unit_test(keeps_to_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
