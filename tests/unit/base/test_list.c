// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/list.h"

enum { MEMBERS = 4 };

struct member {
    struct gw_list link;
};

static struct gw_list head;
static struct member members[MEMBERS];

static int set_up(void **state)
{
    (void)state;
    gw_list_init(&head, NULL);
    for (int i = 0; i < MEMBERS; i++)
        gw_list_init(&members[i].link, &members[i]);
    return 0;
}

static void an_empty_list_has_no_first(void **state)
{
    (void)state;
    assert_true(gw_list_is_alone(&head));
    assert_null(gw_list_first(&head));
}

static void members_come_in_the_order_they_entered(void **state)
{
    int i = 0;
    (void)state;
    for (int k = 0; k < MEMBERS; k++)
        gw_list_append(&head, &members[k].link);
    for (const struct gw_list *l = head.next; l != &head; l = l->next)
        assert_ptr_equal(l->owner, &members[i++]);
    assert_int_equal(i, MEMBERS);
}

static void any_member_can_leave_and_come_back_at_the_end(void **state)
{
    static const int order[] = { 0, 2, 3, 1 };
    (void)state;
    for (int i = 0; i < MEMBERS; i++)
        gw_list_append(&head, &members[i].link);
    gw_list_remove(&members[1].link);
    assert_true(gw_list_is_alone(&members[1].link));
    gw_list_remove(&members[1].link); // of no list: stays so
    gw_list_append(&head, &members[1].link);
    for (int i = 0; i < MEMBERS; i++) {
        assert_ptr_equal(gw_list_first(&head), &members[order[i]]);
        gw_list_remove(head.next);
    }
    assert_true(gw_list_is_alone(&head));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_list_has_no_first, set_up),
        cmocka_unit_test_setup(members_come_in_the_order_they_entered, set_up),
        cmocka_unit_test_setup(any_member_can_leave_and_come_back_at_the_end, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
