// The words under which a place stands in the full-text index, and the words of a
// question to it. No I/O.
//
// Chinese has no blanks: a text is folded (below) and taken apart into every character,
// every two neighbours, and every three where all are ASCII. Names and their initials are
// framed by a sign for begin and end, which make threes with any two characters, so that
// "is", "begins with" and "has" are questions of the same kind. What else a place can be
// found by is a word each: kind, division and all above it, cell and all above it,
// department, and tiles of the map. Each word begins with a letter that says what it is.
//
// Index and question go by these words, the record itself has the last say: a place may
// have all words of a text and not the text.
#ifndef GW_MAP_PLACE_WORDS_H
#define GW_MAP_PLACE_WORDS_H

#include "map/place.h"
#include "map/polygon.h"

#include <stddef.h>

enum {
    GW_PLACE_FOLDED_BYTES = GW_PLACE_ADDRESS_MAX + 1, // folding never makes a text longer
    GW_PLACE_NEEDLE_BYTES = 128,         // bytes of a folded question, end included
    GW_PLACE_WORDS_BYTES = 32 * 1024,    // of a place's words
    GW_PLACE_QUESTION_BYTES = 32 * 1024, // of a question's
    GW_PLACE_GRAMS_MAX = 8, // of a needle that are asked for; the record tells the rest
    GW_PLACE_TILES_MAX = 24,
};

// How a text fits a place, the best first.
enum gw_place_fit {
    GW_PLACE_NAME_IS,     // the name or its initials are the text
    GW_PLACE_NAME_BEGINS, // or begin with it
    GW_PLACE_NAME_HAS,    // or have it somewhere
    GW_PLACE_ADDRESS_HAS,
    GW_PLACE_FITS, // and: not at all
};

// Brings a text to the form in which texts are compared: ASCII letters small, full-width
// letters and digits as ASCII, blanks and punctuation left out. Returns its length;
// -EBADMSG when it is not UTF-8, -EMSGSIZE when it does not fit.
int gw_place_fold(const char *text, char *ret_folded, size_t size);

// How `needle`, folded and not empty, fits.
enum gw_place_fit gw_place_fit(const struct gw_place *place, const char *needle);

// All words of a place with blanks between. Returns 0 or -EMSGSIZE.
int gw_place_words(const struct gw_place *place, char ret_words[GW_PLACE_WORDS_BYTES]);

// A question as FTS5 reads it (its documentation, section 3), added to piece by piece;
// what is added must all be there. Words are in quotes and hold letters and digits alone:
// no text is ever taken for an operator.
struct gw_place_question {
    char text[GW_PLACE_QUESTION_BYTES];
    size_t len;
    bool too_long; // something did not fit
};

// Places that `needle` may fit like that, and some others.
void gw_place_question_text(struct gw_place_question *q, const char *needle,
                            enum gw_place_fit fit);
void gw_place_question_kind(struct gw_place_question *q, enum gw_place_kind kind);
void gw_place_question_group(struct gw_place_question *q, enum gw_place_group group);
// Each set: one of its words, or one below it, suffices; an empty one adds nothing.
void gw_place_question_divisions(struct gw_place_question *q, const char *const *codes,
                                 size_t n);
void gw_place_question_cells(struct gw_place_question *q, const char *const *codes,
                             size_t n);
void gw_place_question_departments(struct gw_place_question *q, const char *const *names,
                                   size_t n);
// Tiles that cover a box, up to GW_PLACE_TILES_MAX as small as may be; nothing for a box
// that needs more of the largest, or crosses the date line.
void gw_place_question_box(struct gw_place_question *q, const struct gw_box *box);

#endif
