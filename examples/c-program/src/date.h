/* Days of the Gregorian calendar. */
#ifndef DATE_H
#define DATE_H

#include <stdbool.h>

typedef struct {
    int year, month, day;
} Date;

enum { DATE_TEXT = 48 }; /* room for any date as text */

/* Read "2025-02-28" at the start of `text`; the answer is what follows, or NULL if there is no such day. */
const char *date_read(const char *text, Date *date);

/* Less than, equal to or greater than 0, as `a` is before, on or after `b`. */
int date_compare(Date a, Date b);

bool date_same_month(Date a, Date b);

/* The month after that of `date`, on its first day. */
Date date_next_month(Date date);

const char *date_text(Date date, char text[DATE_TEXT]);       /* 2025-02-28 */
const char *date_month_text(Date date, char text[DATE_TEXT]); /* 2025-02 */

#endif
