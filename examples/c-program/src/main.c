/* ledgerlet: reports about plain-text accounts. */
#include <stdio.h>
#include <stdlib.h>

#include "options.h"
#include "parser.h"
#include "report.h"

int main(int argc, char **argv)
{
    Journal journal = {NULL, 0, 0};
    Options options;
    Report *report;

    if (!options_read(&options, argc, argv))
        return 2;
    report = report_named(options.report);
    if (report == NULL) {
        fprintf(stderr, "ledgerlet: there is no report \"%s\"\n", options.report);
        return 2;
    }
    for (int f = 0; f < options.file_count; f++)
        parser_read(&journal, options.files[f]);
    journal_sort(&journal);
    if (complaints() == 0)
        report(&journal, &options, stdout);
    journal_free(&journal);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("ledgerlet");
        return 1;
    }
    return complaints() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
