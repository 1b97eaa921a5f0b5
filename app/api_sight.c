#include "app/api_sight.h"

#include "app/api_words.h"
#include "app/json_sight.h"
#include "map/camera_eye.h"

#include <stdlib.h>

static const struct gw_text no_position = {
    "Nobody knows where this camera is: give it lon and lat.",
    "该摄像机没有坐标：请补充 lon 与 lat。",
};

struct asked {
    const struct gw_json_world *world;
    const struct gw_camera_question *question;
};

static enum gw_sight_verdict judge(void *arg, uint32_t num)
{
    const struct asked *a = arg;
    const struct gw_camera *c = gw_snapshot_camera_by_num(a->world->snapshot, num);
    // The index may be of the snapshot before.
    if (!c || !gw_snapshot_matches(a->world->snapshot, &a->question->query, c))
        return GW_SIGHT_LEAVE;
    enum gw_camera_state state = gw_states_get(a->world->states, num).state;
    if (a->question->state >= 0 && (int)state != a->question->state)
        return GW_SIGHT_LEAVE;
    return state == GW_CAMERA_OFFLINE ? GW_SIGHT_BURDEN : GW_SIGHT_TAKE;
}

struct gw_answer gw_api_sightings(const struct gw_json_world *world,
                                  const struct gw_sight *sight,
                                  const struct gw_camera_question *question,
                                  enum gw_lang lang)
{
    struct asked asked = { world, question };
    size_t limit = question->query.limit;
    const struct gw_sight_question q = {
        .lon = question->sees_lon,
        .lat = question->sees_lat,
        .limit = limit < GW_SIGHTINGS_MAX ? limit : GW_SIGHTINGS_MAX,
        .judge = judge,
        .arg = &asked,
    };
    struct gw_sighting *found = calloc(q.limit, sizeof(*found));
    if (!found)
        return gw_answer_problem(503, "busy", gw_words_out_of_memory, lang);
    size_t n = gw_sight_who(sight, &q, found);
    struct gw_answer answer =
        gw_answer_json(gw_json_sightings(world, found, n, gw_sight_buildings(sight) > 0));
    free(found);
    return answer;
}

struct gw_answer gw_api_view(const struct gw_camera *camera, const struct gw_sight *sight,
                             enum gw_lang lang)
{
    struct gw_eye eye;
    if (!gw_camera_eye(camera, &eye))
        return gw_answer_problem(404, "no_position", no_position, lang);
    const struct gw_view *view = gw_sight_view(sight, camera->num);
    bool judged = view && gw_sight_buildings(sight) > 0;
    struct gw_view *wedge = NULL;
    if (!view && gw_view_create(&eye, NULL, &wedge) < 0)
        return gw_answer_problem(503, "busy", gw_words_out_of_memory, lang);
    struct gw_answer answer =
        gw_answer_json(gw_json_view(camera, &eye, view ? view : wedge, judged));
    gw_view_unref(&wedge);
    return answer;
}
