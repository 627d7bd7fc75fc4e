/* Messages about mistakes in journals, with file and line. */
#ifndef COMPLAIN_H
#define COMPLAIN_H

typedef struct {
    const char *file;
    int line; /* counted from 1; 0 is the file as a whole */
} Place;

void complain(Place place, const char *format, ...);

/* How many complaints there have been. */
int complaints(void);

#endif
