#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *memory_grow(void *old, size_t count, size_t size)
{
    void *block = NULL;

    if (size == 0 || count <= SIZE_MAX / size)
        block = realloc(old, count * size);
    if (block == NULL) {
        fputs("ledgerlet: out of memory\n", stderr);
        exit(3);
    }
    return block;
}

char *memory_copy(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(memory_grow(NULL, size, 1), text, size);
}
