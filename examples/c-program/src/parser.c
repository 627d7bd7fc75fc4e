#include "parser.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "source.h"
#include "text.h"

typedef struct {
    Journal *journal;
    Transaction *current; /* NULL outside a transaction */
    size_t open;          /* number of the posting without an amount */
    bool has_open;
} Parser;

static void finish(Parser *parser)
{
    Transaction *transaction = parser->current;
    Money sum = 0;
    char text[MONEY_TEXT];

    parser->current = NULL;
    if (transaction == NULL)
        return;
    if (transaction->count < 2)
        complain(transaction->place, "a transaction needs at least two postings");
    for (size_t p = 0; p < transaction->count; p++)
        if (!money_add(&sum, transaction->postings[p].amount))
            complain(transaction->place, "the amounts are too large to be added");
    if (parser->has_open)
        transaction->postings[parser->open].amount = -sum;
    else if (sum != 0)
        complain(transaction->place, "the amounts do not add up to zero, but to %s", money_text(sum, text));
}

static void read_heading(Parser *parser, Place place, char *line)
{
    Date date;
    const char *rest = date_read(line, &date);

    finish(parser);
    parser->has_open = false;
    if (rest == NULL || (*rest != '\0' && !isspace((unsigned char)*rest))) {
        complain(place, "a transaction begins with a day like 2025-02-28, not with \"%.10s\"", line);
        return;
    }
    parser->current = journal_begin(parser->journal, place, date, text_trim(line + (rest - line)));
}

static void read_posting(Parser *parser, Place place, char *line)
{
    char *account = text_trim(line), *end = text_column_end(account);
    char *amount = *end == '\0' ? end : text_trim(end + 1);
    Money value = 0;

    *end = '\0';
    if (parser->current == NULL) {
        complain(place, "\"%s\" stands below no transaction", account);
        return;
    }
    if (*amount == '\0' && parser->has_open) {
        complain(place, "a second amount is left out in this transaction");
        return;
    }
    if (*amount != '\0' && !money_read(amount, &value)) {
        complain(place, "\"%s\" is no amount", amount);
        return;
    }
    if (*amount == '\0') {
        parser->has_open = true;
        parser->open = parser->current->count;
    }
    journal_post(parser->current, account, value);
}

void parser_read(Journal *journal, const char *path)
{
    Parser parser = {journal, NULL, 0, false};
    Source source;

    if (!source_open(&source, path))
        return;
    while (source_next(&source)) {
        char *remark = strchr(source.line, ';');
        bool indented = isspace((unsigned char)source.line[0]);

        if (remark != NULL)
            *remark = '\0';
        if (*text_trim(source.line) == '\0') {
            if (remark == NULL)
                finish(&parser);
        } else if (indented) {
            read_posting(&parser, source.place, source.line);
        } else {
            read_heading(&parser, source.place, source.line);
        }
    }
    finish(&parser);
    source_close(&source);
}
