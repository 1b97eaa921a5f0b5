#include "app/json_area.h"

#include "app/json_internal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

// Takes a member out of `from`, where it is there.
static void move(cJSON *to, cJSON *from, const char *name)
{
    cJSON *member = cJSON_DetachItemFromObjectCaseSensitive(from, name);
    if (member && !cJSON_AddItemToObject(to, name, member))
        cJSON_Delete(member);
}

static char *print_collection(cJSON *root, const char *code)
{
    static const char *const names[] = { "name", "level", "division", "parent" };
    cJSON *collection = cJSON_CreateObject();
    cJSON_AddStringToObject(collection, "type", "FeatureCollection");
    cJSON *features = cJSON_AddArrayToObject(collection, "features");
    cJSON *feature = cJSON_CreateObject();
    if (!cJSON_AddItemToArray(features, feature)) {
        cJSON_Delete(feature);
        cJSON_Delete(collection);
        return NULL;
    }
    cJSON_AddStringToObject(feature, "type", "Feature");
    cJSON *properties = cJSON_AddObjectToObject(feature, "properties");
    bool whole = cJSON_AddStringToObject(properties, "code", code) != NULL;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        move(properties, root, names[i]);
    move(feature, root, "geometry");
    char *text = whole ? cJSON_PrintUnformatted(collection) : NULL;
    cJSON_Delete(collection);
    return text;
}

int gw_json_area_collection(const char *text, size_t len, const char *code,
                            char **ret_collection)
{
    cJSON *root;
    int r = gw_json_parse(text, len, &root);
    if (r < 0)
        return r;
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(root, "code");
    bool other = own && !(cJSON_IsString(own) && strcmp(own->valuestring, code) == 0);
    char *collection = other ? NULL : print_collection(root, code);
    cJSON_Delete(root);
    if (other)
        return -EINVAL;
    if (!collection)
        return -ENOMEM;
    *ret_collection = collection;
    return 0;
}
