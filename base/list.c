#include "base/list.h"

#include <assert.h>
#include <stddef.h>

void gw_list_init(struct gw_list *l, void *owner)
{
    *l = (struct gw_list) { .prev = l, .next = l, .owner = owner };
}

void gw_list_append(struct gw_list *head, struct gw_list *link)
{
    assert(gw_list_is_alone(link));
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

void gw_list_remove(struct gw_list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    link->prev = link->next = link;
}

bool gw_list_is_alone(const struct gw_list *l)
{
    return l->next == l;
}

void *gw_list_first(const struct gw_list *head)
{
    return gw_list_is_alone(head) ? NULL : head->next->owner;
}
