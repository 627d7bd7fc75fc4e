#include "accounts.h"
#include "report.h"

void report_summary(const Journal *journal, const Options *options, FILE *stream)
{
    Accounts accounts = {NULL, 0, 0};
    const Transaction *first = NULL, *last = NULL;
    size_t transactions = 0, postings = 0;
    char from[DATE_TEXT], to[DATE_TEXT];

    for (size_t t = 0; t < journal->count; t++) {
        const Transaction *transaction = &journal->transactions[t];

        if (!report_covers(options, transaction))
            continue;
        first = first == NULL ? transaction : first;
        last = transaction;
        transactions++;
        for (size_t p = 0; p < transaction->count; p++) {
            if (!report_wants(options, &transaction->postings[p]))
                continue;
            postings++;
            accounts_add(&accounts, transaction->postings[p].account, 0);
        }
    }
    fprintf(stream, "%zu transactions, %zu postings, %zu accounts", transactions, postings, accounts.count);
    if (first != NULL)
        fprintf(stream, ", %s to %s", date_text(first->date, from), date_text(last->date, to));
    fputc('\n', stream);
    accounts_free(&accounts);
}
