// What the head of one answer has beside what every one has (server.h).
#ifndef GW_WS_REQUEST_LINES_H
#define GW_WS_REQUEST_LINES_H

struct gw_request;

// Adds lines to the head of a request's answer, each with its CR LF; at most
// GW_REQUEST_LINES_MAX bytes in all. Before it is answered.
enum { GW_REQUEST_LINES_MAX = 160 };
void gw_request_add_lines(struct gw_request *request, const char *lines);

#endif
