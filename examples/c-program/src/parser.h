/* Reads journal files:
 *
 *     2025-01-03 Baker            a day and what it was
 *         expenses:food    4.20   indented: an account and, after two blanks, an amount
 *         assets:cash             at most one amount may be left out: it makes the sum zero
 *     ; a remark                  to the end of the line
 */
#ifndef PARSER_H
#define PARSER_H

#include "journal.h"

/* Add the transactions of a file; mistakes are complained about, and what is right is kept. */
void parser_read(Journal *journal, const char *path);

#endif
