#include "options.h"

#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "usage: ledgerlet [-f FROM] [-t TO] [-a ACCOUNT] balance|register|monthly|summary JOURNAL...\n"
    "\n"
    "  -f FROM, -t TO   only transactions from one day to another (2025-02-28), both included\n"
    "  -a ACCOUNT       only this account and those below it\n";

static bool read_day(const char *text, Date *date)
{
    const char *rest = date_read(text, date);

    if (rest != NULL && *rest == '\0')
        return true;
    fprintf(stderr, "ledgerlet: \"%s\" is no day like 2025-02-28\n", text);
    return false;
}

static bool read_option(Options *options, char letter, const char *value)
{
    switch (letter) {
    case 'f':
        return read_day(value, &options->from);
    case 't':
        return read_day(value, &options->to);
    case 'a':
        options->account = value;
        return true;
    default:
        fputs(USAGE, stderr);
        return false;
    }
}

bool options_read(Options *options, int argc, char **argv)
{
    static const Options defaults = {NULL, "", {0, 1, 1}, {9999, 12, 31}, NULL, 0};
    int at = 1;

    *options = defaults;
    for (; at + 1 < argc && argv[at][0] == '-' && strlen(argv[at]) == 2; at += 2)
        if (!read_option(options, argv[at][1], argv[at + 1]))
            return false;
    if (argc - at < 2) {
        fputs(USAGE, stderr);
        return false;
    }
    options->report = argv[at];
    options->files = argv + at + 1;
    options->file_count = argc - at - 1;
    return true;
}
