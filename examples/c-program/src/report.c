#include "report.h"

#include <string.h>

#include "text.h"

Report *report_named(const char *name)
{
    static const struct {
        const char *name;
        Report *report;
    } reports[] = {
        {"balance", report_balance},
        {"register", report_register},
        {"monthly", report_monthly},
        {"summary", report_summary},
    };

    for (size_t r = 0; r < sizeof reports / sizeof *reports; r++)
        if (strcmp(reports[r].name, name) == 0)
            return reports[r].report;
    return NULL;
}

bool report_covers(const Options *options, const Transaction *transaction)
{
    return date_compare(transaction->date, options->from) >= 0 && date_compare(transaction->date, options->to) <= 0;
}

bool report_wants(const Options *options, const Posting *posting)
{
    return *options->account == '\0' || text_below(posting->account, options->account);
}
