#include "money.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool append_digit(Money *value, char digit)
{
    if (*value > (INT64_MAX - 9) / 10)
        return false;
    *value = *value * 10 + (digit - '0');
    return true;
}

bool money_read(const char *text, Money *amount)
{
    bool minus = *text == '-', point = false;
    int digits = 0, decimals = 0;
    Money value = 0;

    for (text += minus; *text != '\0'; text++) {
        if (*text == ',' && digits > 0 && !point)
            continue;
        if (*text == '.' && digits > 0 && !point) {
            point = true;
            continue;
        }
        if (!isdigit((unsigned char)*text) || decimals == 2 || !append_digit(&value, *text))
            return false;
        digits++;
        decimals += point;
    }
    for (; decimals < 2; decimals++)
        if (!append_digit(&value, '0'))
            return false;
    *amount = minus ? -value : value;
    return digits > 0;
}

bool money_add(Money *sum, Money amount)
{
    if (amount > 0 ? *sum > INT64_MAX - amount : *sum < -INT64_MAX - amount)
        return false;
    *sum += amount;
    return true;
}

const char *money_text(Money amount, char text[MONEY_TEXT])
{
    char digits[MONEY_TEXT];
    unsigned long long size = amount < 0 ? -(unsigned long long)amount : (unsigned long long)amount;
    int length = snprintf(digits, sizeof digits, "%llu", size / 100);
    char *end = text;

    if (amount < 0)
        *end++ = '-';
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *end++ = ',';
        *end++ = digits[i];
    }
    snprintf(end, (size_t)(text + MONEY_TEXT - end), ".%02u", (unsigned)(size % 100));
    return text;
}
