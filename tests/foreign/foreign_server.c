// An RTSP server that is not ours: gst-rtsp-server showing files as they are, so
// that the engine is seen to speak RTSP and not only the farm's idea of it.
//
//   foreign_server [--listen ADDRESS:PORT] [--digest USER:PASSWORD | --tls PEM]
//                  [--aac generic|latm] FILE...
//
// File N is at /N, from 0 on; each client sees it from its beginning, and silence
// after its end. The first line on standard output is "listening on ADDRESS:PORT";
// without
// --listen that is a free port of 127.0.0.1.

#include <gst/rtsp-server/rtsp-server.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char role[] = "viewer";

static void set_rank(const char *payloader, guint rank)
{
    GstPluginFeature *feature =
        gst_registry_lookup_feature(gst_registry_get(), payloader);

    if (!feature)
        return;
    gst_plugin_feature_set_rank(feature, rank);
    gst_object_unref(feature);
}

// How AAC goes out: as most cameras send it, mpeg4-generic (RFC 3640), or as LATM
// (RFC 6416).
static bool choose_aac(const char *how)
{
    bool latm = strcmp(how, "latm") == 0;

    set_rank("rtpmp4apay", latm ? GST_RANK_PRIMARY : GST_RANK_NONE);
    set_rank("rtpmp4gpay", latm ? GST_RANK_NONE : GST_RANK_PRIMARY);
    return latm || strcmp(how, "generic") == 0;
}

static bool mount(GstRTSPMountPoints *mounts, int number, const char *file)
{
    GError *error = NULL;
    char path[16];
    char *absolute = g_canonicalize_filename(file, NULL);
    char *uri = gst_filename_to_uri(absolute, &error);

    g_free(absolute);
    if (!uri) {
        fprintf(stderr, "%s: %s\n", file, error->message);
        g_error_free(error);
        return false;
    }
    // Payloads what the file holds, without decoding: not a bit changes.
    GstRTSPMediaFactoryURI *factory = gst_rtsp_media_factory_uri_new();
    gst_rtsp_media_factory_uri_set_uri(factory, uri);
    g_free(uri);
    gst_rtsp_media_factory_add_role(GST_RTSP_MEDIA_FACTORY(factory), role,
                                    GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN,
                                    TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                    G_TYPE_BOOLEAN, TRUE, NULL);
    snprintf(path, sizeof(path), "/%d", number);
    gst_rtsp_mount_points_add_factory(mounts, path, GST_RTSP_MEDIA_FACTORY(factory));
    return true;
}

static bool demand_digest(GstRTSPServer *server, const char *login)
{
    char **words = g_strsplit(login, ":", 2);
    bool whole = words[0] && words[1];

    if (whole) {
        GstRTSPAuth *auth = gst_rtsp_auth_new();
        GstRTSPToken *token = gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE,
                                                 G_TYPE_STRING, role, NULL);
        gst_rtsp_auth_set_supported_methods(auth, GST_RTSP_AUTH_DIGEST);
        gst_rtsp_auth_add_digest(auth, words[0], words[1], token);
        gst_rtsp_token_unref(token);
        gst_rtsp_server_set_auth(server, auth);
        g_object_unref(auth);
    }
    g_strfreev(words);
    return whole;
}

// RTSP over TLS, with the key and the certificate of that file.
static bool speak_tls(GstRTSPServer *server, const char *pem)
{
    GError *error = NULL;
    GTlsCertificate *certificate = g_tls_certificate_new_from_file(pem, &error);

    if (!certificate) {
        fprintf(stderr, "%s: %s\n", pem, error->message);
        g_error_free(error);
        return false;
    }
    GstRTSPAuth *auth = gst_rtsp_auth_new();
    GstRTSPToken *token =
        gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, role, NULL);
    gst_rtsp_auth_set_tls_certificate(auth, certificate);
    gst_rtsp_auth_set_default_token(auth, token);
    gst_rtsp_token_unref(token);
    gst_rtsp_server_set_auth(server, auth);
    g_object_unref(auth);
    g_object_unref(certificate);
    return true;
}

static bool listen_on(GstRTSPServer *server, const char *where)
{
    char **words = g_strsplit(where, ":", 2);
    bool whole = words[0] && words[1];

    if (whole) {
        gst_rtsp_server_set_address(server, words[0]);
        gst_rtsp_server_set_service(server, words[1]);
    }
    g_strfreev(words);
    return whole;
}

static bool take_option(GstRTSPServer *server, const char *name, const char *value)
{
    if (strcmp(name, "--listen") == 0)
        return listen_on(server, value);
    if (strcmp(name, "--digest") == 0)
        return demand_digest(server, value);
    if (strcmp(name, "--aac") == 0)
        return choose_aac(value);
    return strcmp(name, "--tls") == 0 && speak_tls(server, value);
}

int main(int argc, char **argv)
{
    int first = 1;

    gst_init(&argc, &argv);
    choose_aac("generic");
    GstRTSPServer *server = gst_rtsp_server_new();
    listen_on(server, "127.0.0.1:0");
    for (; first + 1 < argc && strncmp(argv[first], "--", 2) == 0; first += 2)
        if (!take_option(server, argv[first], argv[first + 1]))
            return 2;
    if (first >= argc)
        return 2;

    GstRTSPMountPoints *mounts = gst_rtsp_server_get_mount_points(server);
    for (int i = first; i < argc; i++)
        if (!mount(mounts, i - first, argv[i]))
            return 1;
    g_object_unref(mounts);
    if (gst_rtsp_server_attach(server, NULL) == 0)
        return 1;
    char *address = gst_rtsp_server_get_address(server);
    printf("listening on %s:%d\n", address, gst_rtsp_server_get_bound_port(server));
    g_free(address);
    fflush(stdout);
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
