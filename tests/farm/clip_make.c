#include "tests/farm/clip_make.h"

#include "tests/farm/scene.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

enum {
    DRAWING = 2,        // higher when the scenes change: old files are not used
    GOP_SECONDS = 2,    // key frames
    WAITING_FRAMES = 8, // drawn and not yet encoded
};

int farm_clips_dir(const char *dir)
{
    char path[FARM_PATH_MAX];

    if (strlen(dir) >= sizeof(path))
        return -ENAMETOOLONG;
    strcpy(path, dir);
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(path, 0777) < 0 && errno != EEXIST)
            return -errno;
        *p = '/';
    }
    return mkdir(path, 0777) < 0 && errno != EEXIST ? -errno : 0;
}

static int open_pipeline(const struct farm_clip_spec *spec, const char *path,
                         GstElement **ret_pipeline)
{
    char text[1024];
    GError *error = NULL;

    (void)snprintf(text, sizeof(text),
                   "appsrc name=source format=time block=true max-bytes=%zu "
                   "caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 "
                   "! x264enc bitrate=%d bframes=0 key-int-max=%d speed-preset=superfast "
                   "option-string=scenecut=0 ! video/x-h264,profile=main ! h264parse "
                   "! mp4mux ! filesink name=sink",
                   WAITING_FRAMES * farm_canvas_bytes(spec->width, spec->height),
                   spec->width, spec->height, FARM_SCENE_FPS, spec->kbps,
                   GOP_SECONDS * FARM_SCENE_FPS);
    GstElement *pipeline = gst_parse_launch(text, &error);
    if (error) {
        (void)fprintf(stderr, "clips: %s\n", error->message);
        g_error_free(error);
        if (pipeline)
            gst_object_unref(pipeline);
        return -ENOTSUP;
    }
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    g_object_set(sink, "location", path, NULL);
    gst_object_unref(sink);
    *ret_pipeline = pipeline;
    return 0;
}

static GstBuffer *draw_frame(const struct farm_clip_spec *spec, int frame)
{
    size_t bytes = farm_canvas_bytes(spec->width, spec->height);
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, bytes, NULL);
    GstMapInfo map;

    if (!gst_buffer_map(buffer, &map, GST_MAP_WRITE)) {
        gst_buffer_unref(buffer);
        return NULL;
    }
    struct farm_canvas canvas = { map.data, spec->width, spec->height };
    farm_scene_draw(spec->scene, frame, &canvas);
    gst_buffer_unmap(buffer, &map);
    GST_BUFFER_PTS(buffer) = (GstClockTime)frame * GST_SECOND / FARM_SCENE_FPS;
    GST_BUFFER_DURATION(buffer) = GST_SECOND / FARM_SCENE_FPS;
    return buffer;
}

// Stops early when the pipeline takes no more: wait_for_end() says why.
// Returns 0, or -ENOMEM for a frame.
static int feed(GstElement *pipeline, const struct farm_clip_spec *spec)
{
    GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
    GstFlowReturn flow = GST_FLOW_OK;
    int r = 0;

    for (int frame = 0; frame < FARM_SCENE_FRAMES && flow == GST_FLOW_OK && !r; frame++) {
        GstBuffer *buffer = draw_frame(spec, frame);
        if (buffer)
            flow = gst_app_src_push_buffer(GST_APP_SRC(source), buffer);
        else
            r = -ENOMEM;
    }
    (void)gst_app_src_end_of_stream(GST_APP_SRC(source));
    gst_object_unref(source);
    return r;
}

static int wait_for_end(GstElement *pipeline)
{
    GstBus *bus = gst_element_get_bus(pipeline);
    GstMessage *message = gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE,
                                                     GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    int r = 0;

    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        GError *error = NULL;
        gst_message_parse_error(message, &error, NULL);
        (void)fprintf(stderr, "clips: %s\n", error->message);
        g_error_free(error);
        r = -EIO;
    }
    gst_message_unref(message);
    gst_object_unref(bus);
    return r;
}

static int encode(const struct farm_clip_spec *spec, const char *path)
{
    GstElement *pipeline;

    int r = open_pipeline(spec, path, &pipeline);
    if (r)
        return r;
    if (gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
        r = feed(pipeline, spec);
    int ended = wait_for_end(pipeline);
    (void)gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
    return r ? r : ended;
}

int farm_clip_make(const char *dir, const struct farm_clip_spec *spec,
                   char ret_path[FARM_PATH_MAX])
{
    char path[FARM_PATH_MAX];
    char part[FARM_PATH_MAX + 32]; // under its own name until it is whole

    int n = snprintf(path, sizeof(path), "%s/%s-%dx%d-%dk-%d.mp4", dir,
                     farm_scene_name(spec->scene), spec->width, spec->height, spec->kbps,
                     DRAWING);
    if (n < 0 || (size_t)n >= sizeof(path))
        return -ENAMETOOLONG;
    (void)snprintf(part, sizeof(part), "%s.%ld.part", path, (long)getpid());

    if (access(path, R_OK) < 0) {
        (void)fprintf(stderr, "clips: making %s\n", path);
        gst_init(NULL, NULL);
        int r = encode(spec, part);
        if (!r && rename(part, path) < 0)
            r = -EIO;
        if (r) {
            (void)unlink(part);
            return r;
        }
    }
    strcpy(ret_path, path);
    return 0;
}
