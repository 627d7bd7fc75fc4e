/* A text file, line by line, of any length. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stdio.h>

#include "complain.h"

typedef struct {
    FILE *stream;
    Place place; /* of the line read last */
    char *line;  /* without its end; owned by the source */
    size_t room;
} Source;

bool source_open(Source *source, const char *path);
bool source_next(Source *source);
void source_close(Source *source);

#endif
