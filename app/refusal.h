// How a write that the registry refused is answered. No I/O; any thread.
#ifndef GW_APP_REFUSAL_H
#define GW_APP_REFUSAL_H

#include "app/api_answer.h"
#include "map/registry.h"

// HTTP status and stable code.
struct gw_refusal {
    int status;
    const char *code;
};

struct gw_refusal gw_refusal_of(int error);

// `result` has an error.
struct gw_answer gw_refusal_answer(const struct gw_registry_result *result,
                                   enum gw_lang lang);

#endif
