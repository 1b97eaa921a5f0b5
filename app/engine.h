// The running engine: registry, shards and acceptor, and what they share.
#ifndef GW_APP_ENGINE_H
#define GW_APP_ENGINE_H

#include "app/health.h"
#include "app/settings.h"
#include "app/states.h"
#include "ingest/admission.h"
#include "map/registry.h"
#include "map/sight.h"

#include <stdint.h>
#include <uv.h>

struct gw_access;
struct gw_area_tiles;
struct gw_rates;
struct gw_audit;
struct gw_engine;
struct gw_gop_budget;
struct gw_import_desk;
struct gw_probe_bench;
struct gw_worker_budget;
struct gw_shard;

// Opens the registry, starts the threads and listens. `settings` is borrowed for
// the engine's life. Returns 0, or negative errno with the words in `ret_error`.
int gw_engine_start(const struct gw_settings *settings, struct gw_engine **ret_engine,
                    char ret_error[GW_SAY_MAX]);

// The port browsers connect to.
uint16_t gw_engine_port(const struct gw_engine *engine);

// The port sources push to; 0 when they may not.
uint16_t gw_engine_push_port(const struct gw_engine *engine);

// Reads the certificate again and shows it to who connects from now on; who is connected
// stays so. Returns 0, also where none is set, or negative errno with the words in
// `ret_error`: then the old one stays. On the thread that started the engine.
int gw_engine_renew(struct gw_engine *engine, char ret_error[GW_SAY_MAX]);

// Ends connections, says goodbye to the cameras, finishes writes, joins all
// threads. NULL and a half-started engine are allowed.
void gw_engine_stop(struct gw_engine *engine);

// What the shards share; any thread.
const struct gw_settings *gw_engine_settings(const struct gw_engine *engine);
// What cameras see: a reference. Any thread.
struct gw_sight *gw_engine_sight(const struct gw_engine *engine);

struct gw_registry *gw_engine_registry(const struct gw_engine *engine);
struct gw_rates *gw_engine_rates(const struct gw_engine *engine);
struct gw_access *gw_engine_access(const struct gw_engine *engine);
struct gw_audit *gw_engine_audit(const struct gw_engine *engine);
struct gw_import_desk *gw_engine_imports(const struct gw_engine *engine);
struct gw_probe_bench *gw_engine_probe_bench(const struct gw_engine *engine);
struct gw_states *gw_engine_states(const struct gw_engine *engine);
struct gw_health *gw_engine_health(const struct gw_engine *engine);
struct gw_area_tiles *gw_engine_area_tiles(const struct gw_engine *engine);
struct gw_gop_budget *gw_engine_gop_budget(struct gw_engine *engine);
struct gw_worker_budget *gw_engine_worker_budget(struct gw_engine *engine);
struct gw_admission *gw_engine_admission(const struct gw_engine *engine);
uint32_t gw_engine_shards(const struct gw_engine *engine);
struct gw_shard *gw_engine_shard(const struct gw_engine *engine, uint32_t index);

// The shard that a stream's camera belongs to.
struct gw_shard *gw_engine_owner(const struct gw_engine *engine, uint32_t stream);

// Streams and cameras: two streams a camera (map/snapshot.h).
static inline uint32_t gw_stream_of(uint32_t camera_num, int sub)
{
    return camera_num * 2 + (sub ? 1 : 0);
}

static inline uint32_t gw_camera_of(uint32_t stream)
{
    return stream / 2;
}

#endif
