/* Memory that is there or the program ends: no caller has to check. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

void *memory_grow(void *old, size_t count, size_t size);
char *memory_copy(const char *text);

/* Make room for one more element in `array`, doubling as needed. */
#define MEMORY_ROOM(array, count, room)                                   \
    do {                                                                  \
        if ((count) == (room)) {                                          \
            (room) = (room) ? 2 * (room) : 16;                            \
            (array) = memory_grow((array), (room), sizeof *(array));      \
        }                                                                 \
    } while (0)

#endif
