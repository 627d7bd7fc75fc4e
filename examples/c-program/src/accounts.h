/* Sums by account, in the order of their names; every parent ("assets" of "assets:cash") has the sum of all below it. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <stddef.h>

#include "money.h"

typedef struct {
    char *name;
    Money sum;
    int depth; /* 0 for "assets", 1 for "assets:cash" */
} Account;

typedef struct {
    Account *list;
    size_t count, room;
} Accounts;

/* Add an amount to an account and all its parents, making those that are new. */
void accounts_add(Accounts *accounts, const char *name, Money amount);
void accounts_free(Accounts *accounts);

#endif
