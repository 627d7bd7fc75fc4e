#include "report.h"
#include "table.h"

static void add_row(Table *table, const Transaction *transaction, const Posting *posting, Money sum)
{
    char day[DATE_TEXT], amount[MONEY_TEXT], so_far[MONEY_TEXT];

    table_cell(table, date_text(transaction->date, day));
    table_cell(table, transaction->payee);
    table_cell(table, posting->account);
    table_cell(table, money_text(posting->amount, amount));
    table_cell(table, money_text(sum, so_far));
}

void report_register(const Journal *journal, const Options *options, FILE *stream)
{
    Table table = {"lllrr", NULL, 0, 0};
    Money sum = 0;

    for (size_t t = 0; t < journal->count; t++) {
        const Transaction *transaction = &journal->transactions[t];

        for (size_t p = 0; p < transaction->count; p++) {
            const Posting *posting = &transaction->postings[p];

            if (!report_covers(options, transaction) || !report_wants(options, posting))
                continue;
            if (!money_add(&sum, posting->amount))
                complain(transaction->place, "the sum so far is too large");
            add_row(&table, transaction, posting, sum);
        }
    }
    table_print(&table, stream);
    table_free(&table);
}
