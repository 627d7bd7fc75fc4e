#include "text.h"

#include <ctype.h>
#include <string.h>

char *text_trim(char *line)
{
    char *end = line + strlen(line);

    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    while (isspace((unsigned char)*line))
        line++;
    return line;
}

char *text_column_end(char *line)
{
    while (*line != '\0') {
        if (line[0] == '\t' || (line[0] == ' ' && (line[1] == ' ' || line[1] == '\t')))
            return line;
        line++;
    }
    return line;
}

bool text_below(const char *name, const char *parent)
{
    size_t length = strlen(parent);

    return strncmp(name, parent, length) == 0 && (name[length] == '\0' || name[length] == ':');
}
