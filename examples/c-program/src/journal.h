/* What has been read: transactions, each with its postings, in the order of their days. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stddef.h>

#include "complain.h"
#include "date.h"
#include "money.h"

typedef struct {
    char *account;
    Money amount;
} Posting;

typedef struct {
    Place place;
    Date date;
    char *payee;
    Posting *postings;
    size_t count, room;
} Transaction;

typedef struct {
    Transaction *transactions;
    size_t count, room;
} Journal;

Transaction *journal_begin(Journal *journal, Place place, Date date, const char *payee);
Posting *journal_post(Transaction *transaction, const char *account, Money amount);

/* Bring the transactions into the order of their days; those of one day stay as they were written. */
void journal_sort(Journal *journal);
void journal_free(Journal *journal);

#endif
