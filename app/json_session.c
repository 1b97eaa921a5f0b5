#include "app/json_session.h"

#include "app/json_internal.h"
#include "app/rights.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

int gw_json_read_texts(const char *text, size_t len,
                       const struct gw_json_text_field *fields, size_t n,
                       size_t *ret_field)
{
    cJSON *root = cJSON_ParseWithLength(text, len);
    int r = cJSON_IsObject(root) ? 0 : -EBADMSG;
    for (size_t i = 0; i < n && r == 0; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, fields[i].name);
        if (!cJSON_IsString(item) || strlen(item->valuestring) >= fields[i].room) {
            *ret_field = i;
            r = -EINVAL;
        } else {
            memcpy(fields[i].ret, item->valuestring, strlen(item->valuestring) + 1);
        }
    }
    cJSON_Delete(root);
    return r;
}

struct gw_buf *gw_json_session(const struct gw_guest *guest)
{
    static const char *const actions[GW_ACTIONS] = {
        [GW_MAY_SEE] = "see",
        [GW_MAY_WATCH] = "watch",
        [GW_MAY_EDIT] = "edit",
        [GW_MAY_OVERSEE] = "oversee",
        [GW_MAY_ADMINISTER] = "administer",
    };
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "name", gw_guest_name(guest));
    cJSON_AddStringToObject(root, "role", gw_role_name(gw_guest_role(guest)));
    cJSON_AddBoolToObject(root, "everything", gw_guest_scope(guest) == NULL);
    cJSON *may = cJSON_AddArrayToObject(root, "may");
    for (int i = 0; i < GW_ACTIONS; i++)
        if (gw_rights_allow(guest, (enum gw_action)i))
            cJSON_AddItemToArray(may, cJSON_CreateString(actions[i]));
    return gw_json_print(root);
}
