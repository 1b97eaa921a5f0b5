// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/worker/mask.h"

#include <string.h>

static void of_an_address_the_scheme_is_left(void **state)
{
    char line[] = "Failed 'http://u:p@h/x?token=1' and srt://h:1 at once: rtmp://";
    (void)state;

    gw_mask_addresses(line);
    assert_string_equal(line, "Failed 'http://' and srt:// at once: rtmp://");
    char nested[] = "x://y://z";
    gw_mask_addresses(nested);
    assert_string_equal(nested, "x://");
    char plain[] = "Connection refused";
    gw_mask_addresses(plain);
    assert_string_equal(plain, "Connection refused");
}

static void a_secret_is_masked_wherever_it_stands(void **state)
{
    char line[] = "pass passpass not pas";
    (void)state;

    gw_mask_secret(line, "pass");
    assert_string_equal(line, "**** ******** not pas");
    gw_mask_secret(line, "");
    gw_mask_secret(line, NULL);
    gw_mask_secret(line, "*");
    assert_string_equal(line, "**** ******** not pas");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_an_address_the_scheme_is_left),
        cmocka_unit_test(a_secret_is_masked_wherever_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
