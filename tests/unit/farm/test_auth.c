#include "tests/farm/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// Responses worked out by another implementation of the hashes.
#define MD5_RESPONSE "509e4963d8565c13017afb6a8f3cb56e"
#define SHA_RESPONSE "5b00743393f32b2ac5c177f382ae844bd61e2aea8e7fca1698f0972136ccbdfd"
#define URI "rtsp://h/cam/1/sub"
#define COMMON                                                                           \
    "Digest username=\"joe\", realm=\"gridwall-farm\", nonce=\"n0\", uri=\"" URI "\", "

static const struct farm_auth md5 = { "joe", "p:w", false };
static const struct farm_auth sha256 = { "joe", "p:w", true };

static void right_password_passes(void **state)
{
    (void)state;
    assert_true(farm_auth_check(&md5, "n0", "DESCRIBE", URI,
                                COMMON "response=\"" MD5_RESPONSE "\""));
    assert_true(farm_auth_check(&sha256, "n0", "DESCRIBE", URI,
                                COMMON "qop=auth, nc=00000001, cnonce=\"cc\", "
                                       "algorithm=SHA-256, response=\"" SHA_RESPONSE
                                       "\""));
}

static void anything_else_does_not(void **state)
{
    static const char good[] = COMMON "response=\"" MD5_RESPONSE "\"";
    (void)state;

    assert_false(farm_auth_check(&md5, "n1", "DESCRIBE", URI, good));
    assert_false(farm_auth_check(&md5, "n0", "SETUP", URI, good));
    assert_false(farm_auth_check(&md5, "n0", "DESCRIBE", URI "/", good));
    assert_false(farm_auth_check(&md5, "n0", "DESCRIBE", URI, ""));
    assert_false(farm_auth_check(&md5, "n0", "DESCRIBE", URI, "Basic am9lOnA6dw=="));
    assert_false(farm_auth_check(&md5, "n0", "DESCRIBE", URI, COMMON "response=\"\""));
    assert_false(farm_auth_check(&md5, "n0", "DESCRIBE", URI, "Digest ,,,=\"\"=,\"" URI));
    // SHA-256 needs the client's own nonce: qop was asked for.
    assert_false(farm_auth_check(&sha256, "n0", "DESCRIBE", URI,
                                 COMMON "response=\"" SHA_RESPONSE "\""));
}

static void without_a_user_everybody_passes(void **state)
{
    const struct farm_auth open = { NULL, NULL, false };
    (void)state;
    assert_true(farm_auth_check(&open, "n0", "DESCRIBE", URI, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_password_passes),
        cmocka_unit_test(anything_else_does_not),
        cmocka_unit_test(without_a_user_everybody_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
