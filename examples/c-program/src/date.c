#include "date.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static const char *read_digits(const char *text, int count, int *number)
{
    *number = 0;
    while (count-- > 0) {
        if (!isdigit((unsigned char)*text))
            return NULL;
        *number = *number * 10 + (*text++ - '0');
    }
    return text;
}

const char *date_read(const char *text, Date *date)
{
    if ((text = read_digits(text, 4, &date->year)) == NULL || *text++ != '-')
        return NULL;
    if ((text = read_digits(text, 2, &date->month)) == NULL || *text++ != '-')
        return NULL;
    if ((text = read_digits(text, 2, &date->day)) == NULL)
        return NULL;
    if (date->month < 1 || date->month > 12)
        return NULL;
    if (date->day < 1 || date->day > days_of_month(date->year, date->month))
        return NULL;
    return text;
}

int date_compare(Date a, Date b)
{
    if (a.year != b.year)
        return a.year - b.year;
    return a.month != b.month ? a.month - b.month : a.day - b.day;
}

bool date_same_month(Date a, Date b)
{
    return a.year == b.year && a.month == b.month;
}

Date date_next_month(Date date)
{
    Date next = {date.year + date.month / 12, date.month % 12 + 1, 1};

    return next;
}

const char *date_text(Date date, char text[DATE_TEXT])
{
    snprintf(text, DATE_TEXT, "%04d-%02d-%02d", date.year, date.month, date.day);
    return text;
}

const char *date_month_text(Date date, char text[DATE_TEXT])
{
    snprintf(text, DATE_TEXT, "%04d-%02d", date.year, date.month);
    return text;
}
