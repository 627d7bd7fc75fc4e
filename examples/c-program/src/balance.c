#include <string.h>

#include "accounts.h"
#include "report.h"
#include "table.h"

static void add_row(Table *table, const Account *account)
{
    const char *last = strrchr(account->name, ':');
    char text[MONEY_TEXT], label[200];

    snprintf(label, sizeof label, "%*s%s", 2 * account->depth, "", last == NULL ? account->name : last + 1);
    table_cell(table, label);
    table_cell(table, money_text(account->sum, text));
}

void report_balance(const Journal *journal, const Options *options, FILE *stream)
{
    Accounts accounts = {NULL, 0, 0};
    Table table = {"lr", NULL, 0, 0};

    for (size_t t = 0; t < journal->count; t++) {
        const Transaction *transaction = &journal->transactions[t];

        for (size_t p = 0; p < transaction->count; p++)
            if (report_covers(options, transaction) && report_wants(options, &transaction->postings[p]))
                accounts_add(&accounts, transaction->postings[p].account, transaction->postings[p].amount);
    }
    for (size_t a = 0; a < accounts.count; a++)
        add_row(&table, &accounts.list[a]);
    table_print(&table, stream);
    table_free(&table);
    accounts_free(&accounts);
}
