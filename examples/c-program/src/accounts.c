#include "accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* Like strcmp, but ':' is before every other letter, so that children follow their parent at once. */
static int compare_names(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    if (*a == ':' || *b == ':')
        return *a == ':' ? (*b == '\0' ? 1 : -1) : (*a == '\0' ? -1 : 1);
    return (unsigned char)*a - (unsigned char)*b;
}

static Account *find(Accounts *accounts, const char *name, int depth)
{
    size_t low = 0, high = accounts->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_names(accounts->list[middle].name, name);

        if (order == 0)
            return &accounts->list[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    MEMORY_ROOM(accounts->list, accounts->count, accounts->room);
    memmove(accounts->list + low + 1, accounts->list + low, (accounts->count - low) * sizeof *accounts->list);
    accounts->count++;
    accounts->list[low].name = memory_copy(name);
    accounts->list[low].sum = 0;
    accounts->list[low].depth = depth;
    return &accounts->list[low];
}

void accounts_add(Accounts *accounts, const char *name, Money amount)
{
    char *part = memory_copy(name), *colon = part;
    int depth = 0;

    do {
        colon = strchr(colon, ':');
        if (colon != NULL)
            *colon = '\0';
        if (!money_add(&find(accounts, part, depth++)->sum, amount)) {
            fprintf(stderr, "ledgerlet: the sum of %s is too large\n", part);
            exit(1);
        }
        if (colon != NULL)
            *colon++ = ':';
    } while (colon != NULL);
    free(part);
}

void accounts_free(Accounts *accounts)
{
    for (size_t a = 0; a < accounts->count; a++)
        free(accounts->list[a].name);
    free(accounts->list);
}
