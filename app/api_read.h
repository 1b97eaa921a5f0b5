// GET /api/v1/...: questions that a snapshot answers. Any thread.
#ifndef GW_APP_API_READ_H
#define GW_APP_API_READ_H

#include "app/api_answer.h"
#include "app/health.h"
#include "app/import_desk.h"
#include "app/json.h"
#include "base/text.h"
#include "map/area_tiles.h"
#include "map/sight.h"

// `path` begins behind "/api/v1/"; `query` is raw; `basemap` names the layers
// that lie beside the registry, NULL-terminated; `sight` is what cameras see, `health`
// how they were found, `data` the registry's directory; `origin` is how whoever asks
// reaches us, "https://wall.example", or "" where that is not known; both clocks are read
// by the caller.
struct gw_read_request {
    const char *path;
    const char *query;
    enum gw_lang lang;
    char *const *basemap;
    const struct gw_sight *sight;
    const struct gw_health *health;
    const char *data;
    const char *origin;
    struct gw_area_tiles *area_tiles;
    struct gw_import_desk *imports;
    const struct gw_guest *guest;
    struct gw_audit *audit;
    const char *address; // of who asks
    uint64_t now_us;     // gw_clock_now_us()
    uint64_t unix_s;     // Unix time
};

struct gw_answer gw_api_read(const struct gw_json_world *world,
                             const struct gw_read_request *request);

#endif
