/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "date.h"

typedef struct {
    const char *report;
    const char *account; /* "" is every account */
    Date from, to;       /* both days count */
    char **files;
    int file_count;
} Options;

/* False if the command line makes no sense; then a message has been written. */
bool options_read(Options *options, int argc, char **argv);

#endif
