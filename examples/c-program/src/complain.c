#include "complain.h"

#include <stdarg.h>
#include <stdio.h>

static int count;

void complain(Place place, const char *format, ...)
{
    va_list arguments;

    count++;
    if (place.line > 0)
        fprintf(stderr, "%s:%d: ", place.file, place.line);
    else
        fprintf(stderr, "%s: ", place.file);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

int complaints(void)
{
    return count;
}
