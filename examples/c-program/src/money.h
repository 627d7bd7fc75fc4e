/* Amounts in hundredths: exact, never floating point. */
#ifndef MONEY_H
#define MONEY_H

#include <stdbool.h>
#include <stdint.h>

typedef int64_t Money;

enum { MONEY_TEXT = 40 }; /* room for any amount as text */

/* Read "12", "-1,234.5" or "0.05"; false if it is no amount or too large. */
bool money_read(const char *text, Money *amount);

/* Add to a sum; false (and the sum as it was) if it would overflow. */
bool money_add(Money *sum, Money amount);

/* Write "-1,234.50" into `text`, and return it. */
const char *money_text(Money amount, char text[MONEY_TEXT]);

#endif
