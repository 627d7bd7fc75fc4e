/* Small questions about lines of text. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>

/* Cut blanks off both ends, in place; the answer points into `line`. */
char *text_trim(char *line);

/* The end of the first column: two blanks or a tab end it, one blank does not. */
char *text_column_end(char *line);

/* Is `name` the account `parent` or one below it ("assets" has "assets:cash")? */
bool text_below(const char *name, const char *parent);

#endif
