// The wall's socket over a real server, and a page's side written out byte by byte.

#include "server_app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct gw_buf *registry_text(void *arg, const struct gw_guest *guest)
{
    static const char text[] = "{\"type\":\"registry\"}";
    (void)arg;
    (void)guest;
    return gw_buf_copy(text, sizeof(text) - 1);
}

static void a_wall_opens_watches_and_closes(void **state)
{
    struct app *app = *state;
    struct client c;
    app_open_wall(app, &c);
    client_open_camera(&c);
    assert_string_equal(app->wish.camera, "cam1");
    assert_int_equal(app->wish.profile, GW_PROFILE_SUB);
    assert_int_equal(app->wish.form, GW_FORM_WALL_AVCC);

    app_send(app, 40, true, false, 1);
    app_send(app, 100, false, true, 2);
    client_expect_media(&c, 40, 1);
    client_expect_media(&c, 100, 2);

    client_send_json(&c, "{\"type\":\"ping\",\"t\":123.5}");
    client_expect_text(&c, "{\"type\":\"pong\",\"t\":123.5,\"now_us\":");
    gw_server_broadcast(app->server, registry_text, NULL);
    client_expect_text(&c, "{\"type\":\"registry\"}");
    gw_server_send_status(app->server,
                          &(struct gw_source_status) { .stream = STREAM,
                                                       .state = GW_SOURCE_RETRYING,
                                                       .cause = GW_CAUSE_REFUSED });
    client_expect_text(&c, "\"name\":\"retrying\"");

    client_send_json(&c, "{\"type\":\"close\",\"ref\":7}");
    client_expect_text(&c, "{\"type\":\"closed\",\"ref\":7}");
    assert_int_equal(app->closed, 1);
    client_finish(&c);
}

static void a_wall_is_told_what_it_does_wrong(void **state)
{
    struct app *app = *state;
    struct client c;
    app_open_wall(app, &c);
    client_open_camera(&c);
    client_send_json(&c, "{\"type\":\"open\",\"ref\":7,\"camera\":\"cam2\","
                         "\"profile\":\"main\",\"form\":\"mp4\"}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":7,\"code\":\"ref_in_use\"");
    client_send_json(&c, "{\"type\":\"open\",\"ref\":8,\"camera\":\"missing\","
                         "\"profile\":\"main\",\"form\":\"mp4\"}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":8,\"code\":\"no_such_camera\"");
    client_send_json(&c, "{\"type\":\"close\",\"ref\":9}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":9,\"code\":\"no_such_ref\"");
    client_send_json(&c, "{\"type\":\"open\",\"ref\":10}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":10,\"code\":\"bad_message\"");
    assert_int_equal(app->opened, 1);
    assert_int_equal(app->closed, 0);
    client_finish(&c);
}

// The camera may be set to another codec: the viewer stays.
static void a_wall_is_told_what_its_form_cannot_carry(void **state)
{
    struct app *app = *state;
    struct client c;
    app_open_wall(app, &c);
    client_send_json(&c, "{\"type\":\"open\",\"ref\":3,\"camera\":\"mjpeg\","
                         "\"profile\":\"main\",\"form\":\"mp4\"}");
    client_expect_text(&c, "{\"type\":\"opened\",\"ref\":3");
    client_expect_text(
        &c, "{\"type\":\"error\",\"ref\":3,\"code\":\"cannot_carry\",\"codec\":3,");
    assert_int_equal(app->closed, 0);
    app_send(app, 100, false, true, 'k');
    client_expect_media(&c, 100, 'k');
    client_finish(&c);
}

// Two tiles of one camera, in two forms; the socket stays for others.
static void a_wall_is_told_that_a_stream_is_gone(void **state)
{
    const struct gw_text gone = { "It is gone.", "已删除。" };
    struct app *app = *state;
    struct client c;
    app_open_wall(app, &c);
    client_open_camera(&c);
    client_send_json(&c, "{\"type\":\"open\",\"ref\":8,\"camera\":\"cam1\","
                         "\"profile\":\"sub\",\"form\":\"mp4\"}");
    client_expect_text(&c, "{\"type\":\"opened\",\"ref\":8");
    gw_server_end_stream(app->server, STREAM + 2, "no_such_camera", gone); // another's
    assert_int_equal(app->closed, 0);

    app_send(app, 100, false, false, 1); // waits for the next beat, and goes with it
    gw_server_end_stream(app->server, STREAM, "no_such_camera", gone);
    assert_int_equal(app->closed, 2);
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":8,\"code\":\"no_such_camera\"");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":7,\"code\":\"no_such_camera\"");
    client_send_json(&c, "{\"type\":\"close\",\"ref\":7}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":7,\"code\":\"no_such_ref\"");
    client_open_camera(&c);
    client_finish(&c);
}

static void a_wall_is_closed_after_sixteen_bad_messages(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_server_stats stats;
    app_open_wall(app, &c);
    for (int i = 0; i < 16; i++)
        client_send_json(&c, "nonsense");
    for (int i = 0; i < 16; i++)
        client_expect_text(&c, "{\"type\":\"error\",\"code\":\"bad_message\"");
    struct message m = client_message(&c);
    assert_int_equal(m.opcode, 8);
    assert_int_equal(m.data[0] << 8 | m.data[1], 1008);
    free(m.data);
    gw_server_stats(app->server, &stats);
    assert_int_equal(stats.bad_messages, 16);
    client_finish(&c);
}

// RFC 6455 section 8.1.
static void text_that_is_no_utf8_ends_the_socket(void **state)
{
    struct client c;
    app_open_wall(*state, &c);
    client_send_json(&c, "{\"type\":\"ping\",\"t\":1,\"x\":\"\xc3\x28\"}");
    struct message m = client_message(&c);
    assert_int_equal(m.opcode, 8);
    assert_int_equal(m.data[0] << 8 | m.data[1], 1007);
    free(m.data);
    client_finish(&c);
}

static void takes_a_message_in_pieces_and_refuses_a_long_one(void **state)
{
    struct client c;
    char *text = malloc(5000);
    memset(text, ' ', 5000);
    app_open_wall(*state, &c);
    client_send_frame(&c, 1, false, "{\"type\":\"pi", 11);
    client_send_frame(&c, 0, true, "ng\",\"t\":1}", 10);
    client_expect_text(&c, "{\"type\":\"pong\",\"t\":1,");
    client_send_frame(&c, 1, true, text, 5000);
    client_expect_text(&c, "bad_message");
    client_send_frame(&c, 2, true, "{\"type\":\"ping\",\"t\":1}", 21);
    client_expect_text(&c, "bad_message");
    memcpy(text, "{\"type\":\"ping\",\"t\":2}", 21);
    client_send_frame(&c, 1, true, text, 4096);
    client_expect_text(&c, "{\"type\":\"pong\",\"t\":2,");
    free(text);
    client_finish(&c);
}

// ---- frames of one wall leave together ----

// A socket with two cameras: *ret_other is the one that opened first.
static void open_two(struct app *app, struct client *c, const char *more,
                     struct gw_viewer **ret_other)
{
    char text[256];
    app_open_wall(app, c);
    client_open_camera(c);
    *ret_other = app->viewer;
    snprintf(text, sizeof(text),
             "{\"type\":\"open\",\"ref\":8,\"camera\":\"cam2\",\"profile\":\"sub\","
             "\"form\":\"avcc\"%s}",
             more);
    client_send_json(c, text);
    client_expect_text(c, "{\"type\":\"opened\",\"ref\":8,");
}

static uint64_t messages_out(const struct app *app)
{
    struct gw_server_stats stats;
    gw_server_stats(app->server, &stats);
    return stats.messages_out;
}

static void frames_of_one_wall_wait_for_each_other(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_viewer *other;
    open_two(app, &c, "", &other);
    struct gw_viewer *last = app->viewer;

    app_send(app, 100, false, false, 1);
    app->viewer = other;
    app_send(app, 200, false, false, 2);
    app->viewer = last;
    app_send(app, 300, false, false, 3);
    assert_int_equal(messages_out(app), 0); // nothing has left yet
    struct message m = client_message(&c);
    assert_int_equal(m.len, 600);
    assert_int_equal(m.data[99], 1);
    assert_int_equal(m.data[299], 2);
    assert_int_equal(m.data[599], 3);
    free(m.data);

    app_send(app, 100, false, false, 4); // and the next beat comes too
    client_expect_media(&c, 100, 4);
    client_finish(&c);
}

static void a_key_frame_takes_along_what_waits(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_viewer *other;
    open_two(app, &c, "", &other);

    app_send(app, 100, false, false, 1);
    app_send(app, 40, true, false, 2);
    app_send(app, 200, false, true, 3);
    assert_int_equal(messages_out(app), 1);
    struct message m = client_message(&c);
    assert_int_equal(m.len, 340);
    assert_int_equal(m.data[339], 3);
    free(m.data);
    client_finish(&c);
}

static void a_tile_in_focus_does_not_wait(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_viewer *other;
    open_two(app, &c, ",\"urgent\":true", &other);

    app_send(app, 100, false, false, 1);
    assert_int_equal(messages_out(app), 1);
    client_expect_media(&c, 100, 1);

    client_send_json(&c, "{\"type\":\"urgent\",\"ref\":8,\"urgent\":false}");
    client_send_json(&c, "{\"type\":\"urgent\",\"ref\":7,\"urgent\":true}");
    client_send_json(&c, "{\"type\":\"ping\",\"t\":1}"); // both were read
    client_expect_text(&c, "pong");
    app_send(app, 100, false, false, 2);
    assert_int_equal(messages_out(app), 1);
    app->viewer = other;
    app_send(app, 100, false, false, 3);
    assert_int_equal(messages_out(app), 2);
    client_expect_media(&c, 200, 3);

    client_send_json(&c, "{\"type\":\"urgent\",\"ref\":9,\"urgent\":true}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":9,\"code\":\"no_such_ref\"");
    client_finish(&c);
}

static void a_page_may_ask_for_the_sound_later(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_viewer *other;

    open_two(app, &c, "", &other);
    assert_false(app->wish.audio);
    client_send_json(&c, "{\"type\":\"audio\",\"ref\":7,\"audio\":true}");
    client_send_json(&c, "{\"type\":\"audio\",\"ref\":9,\"audio\":true}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":9,\"code\":\"no_such_ref\"");
    assert_true(app->wish.audio);
    client_send_json(&c, "{\"type\":\"audio\",\"ref\":7,\"audio\":false}");
    client_send_json(&c, "{\"type\":\"audio\",\"ref\":9,\"audio\":false}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":9,\"code\":\"no_such_ref\"");
    assert_false(app->wish.audio);
    client_finish(&c);
}

static void control_overtakes_frames_that_wait(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_viewer *other;
    open_two(app, &c, "", &other);

    app_send(app, 100, false, false, 1);
    gw_server_broadcast(app->server, registry_text, NULL);
    client_expect_text(&c, "{\"type\":\"registry\"}");
    client_expect_media(&c, 100, 1);
    client_finish(&c);
}

static void many_bytes_do_not_wait(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_viewer *other;
    open_two(app, &c, "", &other);

    for (uint8_t i = 1; i <= 4; i++) {
        assert_int_equal(messages_out(app), 0);
        app_send(app, QUEUE_BYTES / 4, false, false, i);
    }
    assert_int_equal(messages_out(app), 1);
    client_expect_media(&c, QUEUE_BYTES, 4);
    client_finish(&c);
}

// ---- credit ----

static void a_page_is_sent_no_more_than_it_grants(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_server_stats stats;
    app_open_wall(app, &c);
    client_send_json(&c, "{\"type\":\"open\",\"ref\":7,\"camera\":\"cam1\",\"profile\":"
                         "\"sub\",\"form\":\"avcc\",\"credit\":2}");
    client_expect_text(&c, "{\"type\":\"opened\",\"ref\":7,");
    app_send(app, 40, true, false, 1); // costs nothing
    for (uint8_t i = 2; i <= 5; i++)
        app_send(app, 100, false, i == 2, i);
    assert_int_equal(messages_out(app), 3);
    client_expect_media(&c, 40, 1);
    client_expect_media(&c, 100, 2);
    client_expect_media(&c, 100, 3);

    client_send_json(&c, "{\"type\":\"credit\",\"ref\":7,\"frames\":3}");
    client_expect_media(&c, 200, 5);
    app_send(app, 100, false, false, 6);
    client_expect_media(&c, 100, 6);

    // Without credit it does not get further than the bound.
    size_t sent = 0;
    do {
        app_send(app, QUEUE_BYTES / 4, false, sent++ == 0, 7);
        gw_server_stats(app->server, &stats);
        assert_true(stats.queued_bytes <= QUEUE_BYTES);
    } while (stats.packets_dropped == 0);
    char text[96];
    snprintf(text, sizeof(text), "\"frames\":%zu,\"reason\":\"credit\"}", sent);
    app_send(app, 100, false, true, 8);
    client_expect_text(&c, text);
    client_send_json(&c, "{\"type\":\"credit\",\"ref\":7,\"frames\":1}");
    client_expect_media(&c, 100, 8);

    client_send_json(&c, "{\"type\":\"credit\",\"ref\":9,\"frames\":1}");
    client_expect_text(&c, "{\"type\":\"error\",\"ref\":9,\"code\":\"no_such_ref\"");
    client_finish(&c);
}

// ---- slow ----

// Sends until the socket and then the queue are full.
static int overfill(struct app *app, struct client *c)
{
    struct gw_server_stats stats;
    int sent = 0;
    do {
        app_send(app, 16 * 1024, false, sent == 0, 0);
        sent++;
        client_turn_deaf(c);
        gw_server_stats(app->server, &stats);
        assert_true(stats.queued_bytes <= QUEUE_BYTES);
    } while (stats.packets_dropped == 0);
    return sent;
}

static void a_slow_wall_jumps_to_a_key_frame_and_is_told(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_server_stats stats;
    app_open_wall(app, &c);
    client_open_camera(&c);
    size_t sent = (size_t)overfill(app, &c);
    app_send(app, 16 * 1024, false, false, 0); // no key frame: dropped too
    gw_server_stats(app->server, &stats);
    size_t dropped = (size_t)stats.packets_dropped;
    app_send(app, 200, false, true, 99);
    app_send(app, 100, false, false, 98);
    sent += 1;

    // What had left, then the notice, then the key frame with its gap flag.
    size_t got = 0;
    struct message m = client_message(&c);
    for (; m.opcode == 2; m = client_message(&c)) {
        got += m.len / (16 * 1024);
        free(m.data);
    }
    char text[64];
    snprintf(text, sizeof(text),
             "{\"type\":\"dropped\",\"stream\":25,\"frames\":%zu,\"reason\":\"slow\"}",
             dropped);
    assert_string_equal(m.data, text);
    free(m.data);
    assert_int_equal(got + dropped, sent);

    // Both waited: one message carries them.
    m = client_message(&c);
    assert_int_equal(m.opcode, 2);
    assert_int_equal(m.len, 300);
    assert_int_equal(m.data[2], 2);
    assert_int_equal(m.data[199], 99);
    assert_int_equal(m.data[200 + 2], 0);
    assert_int_equal(m.data[299], 98);
    free(m.data);
    client_finish(&c);
}

static void a_stuck_wall_is_closed(void **state)
{
    struct app *app = *state;
    struct client c;
    struct gw_server_stats stats;
    app_open_wall(app, &c);
    client_open_camera(&c);
    overfill(app, &c);
    do {
        uv_run(&app->loop, UV_RUN_ONCE);
        gw_server_stats(app->server, &stats);
    } while (stats.connections);
    assert_int_equal(stats.viewers_stuck, 1);
    assert_int_equal(app->closed, 1);
    client_finish(&c);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, app_setup, app_teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_wall_opens_watches_and_closes),
        CASE(a_wall_is_told_what_its_form_cannot_carry),
        CASE(a_wall_is_told_what_it_does_wrong),
        CASE(a_wall_is_told_that_a_stream_is_gone),
        CASE(a_wall_is_closed_after_sixteen_bad_messages),
        CASE(text_that_is_no_utf8_ends_the_socket),
        CASE(takes_a_message_in_pieces_and_refuses_a_long_one),
        CASE(frames_of_one_wall_wait_for_each_other),
        CASE(a_key_frame_takes_along_what_waits),
        CASE(a_tile_in_focus_does_not_wait),
        CASE(a_page_may_ask_for_the_sound_later),
        CASE(control_overtakes_frames_that_wait),
        CASE(many_bytes_do_not_wait),
        CASE(a_page_is_sent_no_more_than_it_grants),
        CASE(a_slow_wall_jumps_to_a_key_frame_and_is_told),
        cmocka_unit_test_setup_teardown(a_stuck_wall_is_closed, app_setup_impatient,
                                        app_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
