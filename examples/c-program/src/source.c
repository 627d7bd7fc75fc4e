#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

bool source_open(Source *source, const char *path)
{
    memset(source, 0, sizeof *source);
    source->place.file = path;
    source->stream = fopen(path, "r");
    if (source->stream == NULL)
        complain(source->place, "cannot be read: %s", strerror(errno));
    return source->stream != NULL;
}

bool source_next(Source *source)
{
    size_t length = 0;
    int character;

    while ((character = getc(source->stream)) != EOF && character != '\n') {
        MEMORY_ROOM(source->line, length, source->room);
        source->line[length++] = (char)character;
    }
    if (character == EOF && length == 0)
        return false;
    MEMORY_ROOM(source->line, length, source->room);
    source->line[length] = '\0';
    source->place.line++;
    return true;
}

void source_close(Source *source)
{
    fclose(source->stream);
    free(source->line);
}
