#include "app/json_access.h"

#include "app/json_internal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LINK_S = 3600 }; // that a link is good for where nothing is said

// A text that may be missing: then `ret` stays as it is. False: it is none, or too long.
static bool read_text(const cJSON *root, const char *name, char *ret, size_t room)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, name);
    if (!item)
        return true;
    if (!cJSON_IsString(item) || strlen(item->valuestring) >= room)
        return false;
    memcpy(ret, item->valuestring, strlen(item->valuestring) + 1);
    return true;
}

// A whole number that may be missing, likewise.
static bool read_number(const cJSON *root, const char *name, uint32_t min, uint32_t max,
                        uint32_t *ret)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, name);
    if (!item)
        return true;
    double d = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(d >= min && d <= max) || d != (uint32_t)d)
        return false;
    *ret = (uint32_t)d;
    return true;
}

static const char *read_link(const cJSON *root, struct gw_link_wish *w)
{
    char profile[8] = "main";
    w->seconds = LINK_S;
    if (!read_text(root, "camera", w->camera, sizeof(w->camera)) || !*w->camera)
        return "camera";
    if (!read_text(root, "profile", profile, sizeof(profile)) ||
        (strcmp(profile, "main") != 0 && strcmp(profile, "sub") != 0))
        return "profile";
    w->profile = *profile == 's' ? GW_PROFILE_SUB : GW_PROFILE_MAIN;
    if (!read_number(root, "seconds", 1, GW_LIVE_LINK_S_MAX, &w->seconds))
        return "seconds";
    if (!read_text(root, "origin", w->origin, sizeof(w->origin)) ||
        (*w->origin && !gw_origin_is_good(w->origin)))
        return "origin";
    return NULL;
}

int gw_json_read_link(const char *text, size_t len, struct gw_link_wish *ret_wish,
                      const char **ret_field)
{
    struct gw_link_wish wish = { 0 };
    cJSON *root = cJSON_ParseWithLength(text, len);
    bool object = cJSON_IsObject(root);
    const char *bad = object ? read_link(root, &wish) : NULL;
    cJSON_Delete(root);
    if (!object)
        return -EBADMSG;
    if (bad) {
        *ret_field = bad;
        return -EINVAL;
    }
    *ret_wish = wish;
    return 0;
}

static void add_address(cJSON *root, const char *form, const struct gw_live_link *link,
                        const char *text)
{
    char address[GW_CAMERA_ID_MAX + GW_LIVE_LINK_TEXT + 32];
    snprintf(address, sizeof(address), "/live/%s%s.%s%s%s", link->camera,
             link->profile == GW_PROFILE_SUB ? "/sub" : "", form, text ? "?link=" : "",
             text ? text : "");
    cJSON_AddStringToObject(root, form, address);
}

struct gw_buf *gw_json_link(const struct gw_live_link *link, const char *text)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "camera", link->camera);
    cJSON_AddStringToObject(root, "profile",
                            link->profile == GW_PROFILE_SUB ? "sub" : "main");
    cJSON_AddNumberToObject(root, "until_ms", (double)link->until_ms);
    cJSON_AddStringToObject(root, "origin", link->origin);
    add_address(root, "mp4", link, text);
    add_address(root, "flv", link, text);
    return gw_json_print(root);
}
