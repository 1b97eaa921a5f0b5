// A real server on a loop, and an application behind it that does what the tests of
// this folder need. For cmocka: what goes wrong fails the test.
#ifndef GW_TESTS_SERVER_APP_H
#define GW_TESTS_SERVER_APP_H

#include "peer_client.h"
#include "ws/server.h"

enum { STREAM = 25, QUEUE_BYTES = 64 * 1024 };

// What the application does in these tests, and what it saw.
struct app {
    uv_loop_t loop;
    struct gw_server *server;
    char www[64];

    struct gw_request *late;  // of /api/late, to be replied to by the test
    struct gw_viewer *viewer; // that opened last
    int opened;
    int closed;
    struct gw_wish wish;
    size_t body_len;
    char query[256];
};

// Setups and the teardown of a test: *state is a struct app.
int app_setup(void **state);
int app_setup_loopback_only(void **state);
int app_setup_impatient(void **state); // gives up stuck viewers after 300 ms
int app_teardown(void **state);

struct gw_server_config app_config(const struct app *app);
void app_start(struct app *app, const struct gw_server_config *config);
void app_stop(struct app *app);

// A TCP connection over loopback, one end of it given to the server.
void app_connect(struct app *app, struct client *c);

void app_reply_text(struct gw_request *request, const char *text);

// Sends the viewer that opened last a packet of `len` bytes that ends in `mark`.
void app_send(struct app *app, size_t len, bool config, bool key, uint8_t mark);

// Connects a wall's socket and takes its `hello`.
void app_open_wall(struct app *app, struct client *c);

// Opens camera "cam1" as ref 7.
void client_open_camera(struct client *c);

// Takes the next message: text that has `part` in it, or media of `len` bytes that ends
// in `mark`.
void client_expect_text(struct client *c, const char *part);
void client_expect_media(struct client *c, size_t len, uint8_t mark);

#endif
