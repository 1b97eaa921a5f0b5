// A district in virtual time: what decides in the engine, as it is, between simulated
// cameras and viewers. One seed is one run, the same to the last event.
//
//   scenario --> viewers --> hub <-- track <-- rtsp_client <-- network <-- camera
//                  |          | wants                             ^
//                viewer_queue +-> fleet --> admission --> attempts-+
//
// Each part is given events and the time only; each promise is checked right where
// something happens that could break it (promises.h).
#ifndef GW_TESTS_SIM_SIM_H
#define GW_TESTS_SIM_SIM_H

#include "base/rng.h"
#include "ingest/admission.h"
#include "ingest/fleet.h"
#include "ingest/rtsp_client.h"
#include "ingest/video_track.h"
#include "mux/hub.h"
#include "tests/sim/camera.h"
#include "tests/sim/events.h"
#include "ws/viewer_queue.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SIM_SHARDS = 2,
    SIM_CAMERAS_MAX = 1000,
    SIM_VIEWERS_MAX = 100,
    SIM_LANES = 4, // streams of one viewer
    SIM_HOSTS_A_SUBNET = 50,
    SIM_RECORDER_CHANNELS = 8,
    SIM_CONNECT_TIMEOUT_US = 5 * 1000 * 1000,
    SIM_STALL_US = 8 * 1000 * 1000,
    SIM_PACE_MAX = 1024, // attempts-per-second of any seed is less
    SIM_WHY_MAX = 256,
};

// What the network between us and a place does, or the cameras there; the worst first.
enum sim_fault {
    SIM_FINE,
    SIM_REFUSES, // resets what stands, refuses what is new
    SIM_DARK,    // nothing arrives any more, nothing is said
    SIM_FULL,    // 503 to new sessions
    SIM_BABBLES, // new sessions hear something that is not RTSP
    SIM_MUTE,    // sessions stand, and no picture comes
    SIM_FAULTS,
};

// A host, a subnet, or all.
struct sim_place {
    struct sim *sim;
    struct sim_place *around; // NULL: all
    enum sim_fault fault;
    uint64_t full_until_us; // SIM_FULL lately: the host may be on trial
    struct sim_event heal;
    uint32_t attempts;   // under way, by our own books
    uint64_t crowded_us; // the last moment when there was no room for one more
};

struct sim_conn {
    struct sim_stream *stream;
    struct gw_stream_url *url;
    struct gw_rtsp_client *client; // NULL until TCP stands
    bool probe;
    unsigned knocks; // SYNs sent
    struct sim_event opening;
    struct sim_event answer;
    struct sim_event picture;
    struct sim_event tick;
    size_t waiting; // bytes of `text`
    char text[SIM_ANSWER_MAX];
    uint16_t seq;
    uint64_t shown;   // pictures whose bytes reached us
    uint64_t arrived; // of these, through the track
};

struct sim_stream {
    struct sim *sim;
    uint32_t number;
    struct sim_place *host;
    char url[64];
    bool always;
    bool watched;
    uint64_t watched_us;          // since when
    struct gw_video_track *track; // as long as the fleet knows it
    struct sim_conn *conn;
    bool attempting;
    bool framed;
    uint32_t picture; // the camera's count
    uint64_t failed_us;
    bool babbled;       // its last failure: what only a person can mend has long waits
    uint64_t queued_us; // when it entered the line; 0: it is not in it
    struct gw_source_status status;
};

struct sim_viewer {
    struct sim *sim;
    bool open;
    bool stuck; // reads nothing
    struct gw_viewer_queue queue;
    struct sim_lane {
        struct sim_viewer *viewer;
        struct gw_viewer_lane lane;
        struct gw_subscription *subscription;
        struct sim_stream *stream;
        uint32_t last; // picture that came out
    } lanes[SIM_LANES];
    uint64_t pushed; // media packets
    uint64_t popped;
    struct sim_event read;
    struct sim_event change; // comes, goes, gets stuck
};

struct sim_shard {
    struct sim *sim;
    struct gw_fleet *fleet;
    struct gw_hub *hub;
    bool changed;     // next_us is to be asked again
    uint64_t next_us; // of the fleet
};

struct sim_options {
    uint64_t seed;
    uint32_t cameras;  // 0: by the seed
    uint32_t lane_max; // bytes; 0: by the seed
};

struct sim {
    struct sim_options options;
    struct gw_rng rng;
    struct sim_events events;
    struct gw_admission_config limits;
    struct gw_admission *admission;
    struct gw_viewer_limits viewer_limits;
    struct sim_shard shards[SIM_SHARDS];

    struct sim_stream *streams;
    uint32_t stream_count;
    struct sim_viewer *viewers;
    uint32_t viewer_count;
    struct sim_place all;
    struct sim_place *subnets;
    uint32_t subnet_count;
    struct sim_place *hosts;
    uint32_t host_count;

    struct sim_event mishap; // the next fault
    struct sim_event churn;  // wants, probes
    struct sim_event look;   // promises that need a look around, once a second
    bool calm;               // no new faults
    bool ending;             // all is being given up

    // The promises' books.
    uint64_t started_us[SIM_PACE_MAX]; // the last attempts, a ring
    uint64_t attempts;
    unsigned passed;       // attempts in a row for others while a wall waited
    uint64_t pictures;     // that came through
    char why[SIM_WHY_MAX]; // the first broken promise; "" while none is
};

// network.c
void sim_network_create(struct sim *sim);
void sim_network_destroy(struct sim *sim);
enum sim_fault sim_fault_at(const struct sim_place *place);
void sim_break(struct sim *sim, struct sim_place *place, enum sim_fault fault,
               uint64_t until_us);
void sim_conn_open(struct sim_stream *s, const char *url, bool probe);
void sim_conn_destroy(struct sim_conn *c);

// engine.c
void sim_engine_create(struct sim *sim);
void sim_engine_destroy(struct sim *sim);
struct sim_shard *sim_shard_of(const struct sim_stream *s);
void sim_want(struct sim_stream *s); // by what it is: watched, always, or neither
void sim_engine_run(struct sim *sim);
uint64_t sim_engine_next_us(struct sim *sim);

// What the network reports.
void sim_on_setup(struct sim_stream *s, const struct gw_media_format *video);
void sim_on_failed(struct sim_stream *s, enum gw_cause cause);
void sim_on_described(struct sim_stream *s);

// viewer.c
void sim_viewers_create(struct sim *sim);
void sim_viewers_close(struct sim *sim);

// scenario.c: runs one seed. Returns whether all promises were kept, else sim->why is
// set and says which.
bool sim_run(struct sim *sim, const struct sim_options *options);

#endif
