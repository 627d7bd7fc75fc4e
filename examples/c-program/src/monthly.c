#include "report.h"
#include "table.h"
#include "text.h"

typedef struct {
    Money income, expenses;
} Month;

static void add_transaction(Month *month, const Transaction *transaction, const Options *options)
{
    for (size_t p = 0; p < transaction->count; p++) {
        const Posting *posting = &transaction->postings[p];
        bool right = true;

        if (!report_wants(options, posting))
            continue;
        if (text_below(posting->account, "income"))
            right = money_add(&month->income, -posting->amount);
        else if (text_below(posting->account, "expenses"))
            right = money_add(&month->expenses, posting->amount);
        if (!right)
            complain(transaction->place, "the sum of the month is too large");
    }
}

static void add_row(Table *table, const char *name, Month month)
{
    char text[MONEY_TEXT];

    table_cell(table, name);
    table_cell(table, money_text(month.income, text));
    table_cell(table, money_text(month.expenses, text));
    table_cell(table, money_text(month.income - month.expenses, text));
}

static void add_titles(Table *table)
{
    static const char *const titles[] = {"month", "income", "expenses", "left"};

    for (size_t t = 0; t < sizeof titles / sizeof *titles; t++)
        table_cell(table, titles[t]);
    table_rule(table);
}

void report_monthly(const Journal *journal, const Options *options, FILE *stream)
{
    Table table = {"lrrr", NULL, 0, 0};
    Month all = {0, 0};
    char name[DATE_TEXT];
    size_t t = 0;

    add_titles(&table);
    while (t < journal->count && !report_covers(options, &journal->transactions[t]))
        t++;
    for (Date day = {0, 0, 0}; t < journal->count && report_covers(options, &journal->transactions[t]);
         day = date_next_month(day)) {
        Month month = {0, 0};

        if (day.month == 0)
            day = journal->transactions[t].date;
        for (; t < journal->count && date_same_month(journal->transactions[t].date, day)
               && report_covers(options, &journal->transactions[t]); t++) {
            add_transaction(&month, &journal->transactions[t], options);
            add_transaction(&all, &journal->transactions[t], options);
        }
        add_row(&table, date_month_text(day, name), month);
    }
    table_rule(&table);
    add_row(&table, "all", all);
    table_print(&table, stream);
    table_free(&table);
}
