#include "map/room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 64 };

int gw_room_make(void *parray, size_t *cap, size_t count, size_t more, size_t size)
{
    void *array;
    if (count + more <= *cap)
        return 0;
    size_t new_cap = *cap ? *cap : FIRST_CAP;
    while (new_cap < count + more)
        new_cap *= 2;
    memcpy(&array, parray, sizeof(array)); // of whatever type it points to
    array = realloc(array, new_cap * size);
    if (!array)
        return -ENOMEM;
    memcpy(parray, &array, sizeof(array));
    *cap = new_cap;
    return 0;
}
