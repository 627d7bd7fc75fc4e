/* Columns that line up: cells are collected first and printed when their widths are known. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdio.h>

typedef struct {
    const char *alignment; /* one letter for each column: l or r */
    char **cells;          /* row by row */
    size_t count, room;
} Table;

void table_cell(Table *table, const char *text);
void table_rule(Table *table); /* a row of lines */
void table_print(const Table *table, FILE *stream);
void table_free(Table *table);

#endif
