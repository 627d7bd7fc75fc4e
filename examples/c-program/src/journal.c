#include "journal.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

Transaction *journal_begin(Journal *journal, Place place, Date date, const char *payee)
{
    Transaction *fresh;

    MEMORY_ROOM(journal->transactions, journal->count, journal->room);
    fresh = &journal->transactions[journal->count++];
    memset(fresh, 0, sizeof *fresh);
    fresh->place = place;
    fresh->date = date;
    fresh->payee = memory_copy(payee);
    return fresh;
}

Posting *journal_post(Transaction *transaction, const char *account, Money amount)
{
    Posting *fresh;

    MEMORY_ROOM(transaction->postings, transaction->count, transaction->room);
    fresh = &transaction->postings[transaction->count++];
    fresh->account = memory_copy(account);
    fresh->amount = amount;
    return fresh;
}

static int compare(const void *left, const void *right)
{
    const Transaction *a = left, *b = right;
    int order = date_compare(a->date, b->date);

    if (order == 0)
        order = strcmp(a->place.file, b->place.file);
    return order != 0 ? order : a->place.line - b->place.line;
}

void journal_sort(Journal *journal)
{
    if (journal->count > 0)
        qsort(journal->transactions, journal->count, sizeof *journal->transactions, compare);
}

void journal_free(Journal *journal)
{
    for (size_t t = 0; t < journal->count; t++) {
        Transaction *transaction = &journal->transactions[t];

        for (size_t p = 0; p < transaction->count; p++)
            free(transaction->postings[p].account);
        free(transaction->postings);
        free(transaction->payee);
    }
    free(journal->transactions);
}
