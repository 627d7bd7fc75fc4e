#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

static const char RULE[] = "\r"; /* no cell of a report holds one */

void table_cell(Table *table, const char *text)
{
    MEMORY_ROOM(table->cells, table->count, table->room);
    table->cells[table->count++] = memory_copy(text);
}

void table_rule(Table *table)
{
    for (size_t column = 0; table->alignment[column] != '\0'; column++)
        table_cell(table, RULE);
}

static size_t width_of(const Table *table, size_t column, size_t columns)
{
    size_t width = 0;

    for (size_t cell = column; cell < table->count; cell += columns)
        if (strlen(table->cells[cell]) > width)
            width = strlen(table->cells[cell]);
    return width;
}

static void print_cell(FILE *stream, const char *text, size_t width, char alignment, int last)
{
    if (strcmp(text, RULE) == 0)
        for (size_t i = 0; i < width; i++)
            putc('-', stream);
    else if (alignment == 'r')
        fprintf(stream, "%*s", (int)width, text);
    else
        fprintf(stream, "%-*s", last ? 0 : (int)width, text);
    fputs(last ? "\n" : "  ", stream);
}

void table_print(const Table *table, FILE *stream)
{
    size_t columns = strlen(table->alignment);
    size_t *widths = memory_grow(NULL, columns, sizeof *widths);

    for (size_t column = 0; column < columns; column++)
        widths[column] = width_of(table, column, columns);
    for (size_t cell = 0; cell < table->count; cell++) {
        size_t column = cell % columns;

        print_cell(stream, table->cells[cell], widths[column], table->alignment[column], column + 1 == columns);
    }
    free(widths);
}

void table_free(Table *table)
{
    for (size_t cell = 0; cell < table->count; cell++)
        free(table->cells[cell]);
    free(table->cells);
}
