// A list whose links lie in its members: entering, leaving and moving never fail.
//
// A head and a link are the same: a circle. One that stands for itself is an empty
// list, or a member of none.
#ifndef GW_BASE_LIST_H
#define GW_BASE_LIST_H

#include <stdbool.h>

struct gw_list {
    struct gw_list *prev;
    struct gw_list *next;
    void *owner; // of a link: the member; of a head: NULL
};

// To be called before anything else, for heads and links.
void gw_list_init(struct gw_list *l, void *owner);

// Puts a link that is in no list behind all others of the list.
void gw_list_append(struct gw_list *head, struct gw_list *link);

// Takes a link out of the list it is in; one that is in none stays so.
void gw_list_remove(struct gw_list *link);

// An empty list, or a link that is in none.
bool gw_list_is_alone(const struct gw_list *l);

// The owner of the first link, or NULL.
void *gw_list_first(const struct gw_list *head);

#endif
