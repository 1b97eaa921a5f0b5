// The parameters of GET /api/v1/cameras, read into a question for the snapshot.
#ifndef GW_APP_CAMERA_QUERY_H
#define GW_APP_CAMERA_QUERY_H

#include "app/json.h"
#include "app/query_string.h"
#include "map/snapshot.h"

enum {
    GW_CAMERAS_LIMIT_DEFAULT = 100,
    GW_CAMERAS_LIMIT_MAX = 10000,
};

struct gw_camera_question {
    bool record;                  // answer with whole records
    struct gw_camera_query query; // strings borrowed from the parameters
    int state;                    // enum gw_camera_state, or -1: any
    bool has_sees;
    double sees_lon, sees_lat;
    double *polygon; // owned
    double *line;    // owned; of the corridor
};

// Returns 0, -ENOMEM, or -EINVAL with the name of the parameter in `ret_bad`.
int gw_camera_question_read(const struct gw_query_string *params,
                            struct gw_camera_question *ret_question,
                            const char **ret_bad);

// How the parameter `name` is to be written.
struct gw_text gw_camera_question_help(const char *name);

// Room for question->query.limit cameras in `ret_cameras`. Returns how many.
size_t gw_camera_question_ask(const struct gw_json_world *world,
                              const struct gw_camera_question *question,
                              const struct gw_camera **ret_cameras, bool *ret_more);

void gw_camera_question_finish(struct gw_camera_question *question);

#endif
