#include "app/refusal.h"

#include <errno.h>

struct gw_refusal gw_refusal_of(int error)
{
    switch (error) {
    case -EEXIST: return (struct gw_refusal) { 409, "exists" };
    case -ENOENT: return (struct gw_refusal) { 404, "no_such_camera" };
    case -ESTALE: return (struct gw_refusal) { 412, "changed" };
    case -EALREADY: return (struct gw_refusal) { 422, "key_reused" };
    case -ECANCELED: return (struct gw_refusal) { 422, "nothing_done" };
    case -EINVAL: return (struct gw_refusal) { 422, "bad_field" };
    case -EPERM: return (struct gw_refusal) { 403, "outside" };
    case -ENOSPC: return (struct gw_refusal) { 507, "disk_full" };
    default: return (struct gw_refusal) { 500, "not_written" };
    }
}

struct gw_answer gw_refusal_answer(const struct gw_registry_result *result,
                                   enum gw_lang lang)
{
    struct gw_refusal refusal = gw_refusal_of(result->error);
    return gw_answer_problem(refusal.status, refusal.code,
                             (struct gw_text) { result->en, result->zh }, lang);
}
