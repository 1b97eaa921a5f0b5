// Words for people, in the two languages gridwall speaks.
#ifndef GW_BASE_TEXT_H
#define GW_BASE_TEXT_H

enum gw_lang { GW_LANG_EN, GW_LANG_ZH };

// Both are static strings and never NULL.
struct gw_text {
    const char *en;
    const char *zh;
};

const char *gw_text_in(struct gw_text t, enum gw_lang lang);

// The language of the terminal: Chinese when LC_ALL, LC_MESSAGES or LANG (the
// first that is set, POSIX.1 section 8.2) begins with "zh", else English.
enum gw_lang gw_lang_of_terminal(void);

// The language a browser prefers, from an Accept-Language header (RFC 9110
// section 12.5.4); NULL is allowed. Anything without "zh" in front of "en" is
// English.
enum gw_lang gw_lang_of_header(const char *accept_language);

#endif
