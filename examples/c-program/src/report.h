/* The reports, and which of the journal they are about. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "journal.h"
#include "options.h"

typedef void Report(const Journal *journal, const Options *options, FILE *stream);

Report report_balance;  /* every account with its sum, as a tree */
Report report_register; /* every posting, with the sum so far */
Report report_monthly;  /* income, expenses and what is left, by month */
Report report_summary;  /* how much there is of everything */

/* The report of that name, or NULL. */
Report *report_named(const char *name);

/* Is the transaction, or the posting, among those that were asked for? */
bool report_covers(const Options *options, const Transaction *transaction);
bool report_wants(const Options *options, const Posting *posting);

#endif
