#include "app/viewer_list.h"

#include "app/api_answer.h"
#include "app/api_words.h"
#include "app/gather.h"
#include "base/clock.h"
#include "map/snapshot.h"
#include "ws/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ITEM_MAX = 1024 }; // bytes of a viewer in JSON; an id is at most 64

struct question {
    struct gw_request *request;
    enum gw_lang lang;
};

struct part {
    struct gw_viewer_figures *viewers; // NULL: none, or out of memory
    size_t count;
    size_t room;
};

static void on_viewer(void *arg, const struct gw_viewer_figures *figures)
{
    struct part *p = arg;
    if (p->count < p->room)
        p->viewers[p->count++] = *figures;
}

static void on_shard(struct gw_shard *shard, void *arg, void *part)
{
    struct part *p = part;
    struct gw_server_stats stats;
    (void)arg;

    gw_server_stats(gw_shard_server(shard), &stats);
    p->viewers = calloc(stats.viewers ? stats.viewers : 1, sizeof(*p->viewers));
    p->room = p->viewers ? stats.viewers : 0;
    gw_server_each_viewer(gw_shard_server(shard), &(struct gw_viewer_visitor) {
                                                      .on_viewer = on_viewer, .arg = p });
}

// Most waiting first, then most dropped.
static int compare(const void *a, const void *b)
{
    const struct gw_viewer_figures *x = a;
    const struct gw_viewer_figures *y = b;
    if (x->queued_bytes != y->queued_bytes)
        return x->queued_bytes < y->queued_bytes ? 1 : -1;
    if (x->dropped != y->dropped)
        return x->dropped < y->dropped ? 1 : -1;
    return 0;
}

static void print_viewer(FILE *out, const struct gw_snapshot *snapshot,
                         const struct gw_viewer_figures *v)
{
    const struct gw_camera *camera =
        gw_snapshot_camera_by_num(snapshot, gw_camera_of(v->stream));
    char text[ITEM_MAX];
    struct gw_json_text t = gw_json_text_init(text, sizeof(text));

    gw_json_text_add(&t, "{\"stream\":%" PRIu32 ",\"camera\":", v->stream);
    gw_json_text_add_string(&t, camera ? camera->id : "");
    gw_json_text_add(&t,
                     ",\"profile\":\"%s\",\"socket\":\"%s\",\"queued_bytes\":%" PRIu64
                     ",\"age_ms\":%" PRIu64 ",\"dropped\":%" PRIu64 "}",
                     v->stream % 2 ? "sub" : "main", v->wall ? "wall" : "live",
                     v->queued_bytes, v->age_us / GW_MS, v->dropped);
    fputs(text, out);
}

static void print_list(FILE *out, struct gw_engine *engine,
                       const struct gw_viewer_figures *viewers, size_t count)
{
    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    size_t shown = count < GW_VIEWER_LIST_MAX ? count : GW_VIEWER_LIST_MAX;

    fprintf(out, "{\"items\":[");
    for (size_t i = 0; i < shown; i++) {
        fputs(i ? "," : "", out);
        print_viewer(out, snapshot, &viewers[i]);
    }
    fprintf(out, "],\"total\":%zu}\n", count);
    gw_snapshot_unref(&snapshot);
}

// Moves all parts into one list, sorted. Returns NULL when out of memory.
static struct gw_viewer_figures *merge(struct part *parts, uint32_t shards,
                                       size_t *ret_count)
{
    size_t count = 0;
    for (uint32_t i = 0; i < shards; i++)
        count += parts[i].count;
    struct gw_viewer_figures *all = calloc(count ? count : 1, sizeof(*all));
    size_t n = 0;
    for (uint32_t i = 0; i < shards; i++) {
        for (size_t k = 0; all && k < parts[i].count; k++)
            all[n++] = parts[i].viewers[k];
        free(parts[i].viewers);
    }
    if (all)
        qsort(all, n, sizeof(*all), compare);
    *ret_count = n;
    return all;
}

static void on_answers(struct gw_shard *home, void *arg, void *parts, uint32_t shards)
{
    struct question *q = arg;
    struct gw_reply reply = { .status = 200, .content_type = "application/json" };
    char *text = NULL;
    size_t count;
    struct gw_viewer_figures *viewers = merge(parts, shards, &count);

    FILE *out = viewers ? open_memstream(&text, &reply.body_len) : NULL;
    if (out)
        print_list(out, gw_shard_engine(home), viewers, count);
    if (out && fclose(out) == 0) {
        reply.body = text;
        gw_request_reply(q->request, &reply);
    } else {
        struct gw_answer answer =
            gw_answer_problem(503, "busy", gw_words_out_of_memory, q->lang);
        gw_answer_send(&answer, q->request);
    }
    free(text);
    free(viewers);
    free(q);
}

void gw_viewer_list_reply(struct gw_shard *shard, struct gw_request *request,
                          enum gw_lang lang)
{
    struct question *q = calloc(1, sizeof(*q));
    if (q)
        *q = (struct question) { .request = request, .lang = lang };
    const struct gw_gather_question question = {
        .part_bytes = sizeof(struct part),
        .on_shard = on_shard,
        .on_answers = on_answers,
        .arg = q,
    };
    if (!q || gw_gather(shard, &question) < 0) {
        free(q);
        struct gw_answer answer =
            gw_answer_problem(503, "busy", gw_words_out_of_memory, lang);
        gw_answer_send(&answer, request);
    }
}
