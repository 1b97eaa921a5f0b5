#include "app/certificate.h"
#include "app/commands.h"
#include "app/settings.h"

#include <stdio.h>
#include <string.h>

int gw_command_check_config(int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "--help") == 0) {
        FILE *out = argc == 2 ? stdout : stderr;
        fputs("usage: gridwall check-config FILE\n\n", out);
        gw_settings_help(out);
        return argc == 2 ? 0 : 2;
    }

    char error[GW_SAY_MAX];
    struct gw_settings settings;
    if (gw_settings_init(&settings) < 0)
        return 1;
    int r = gw_settings_from_file(&settings, argv[1], error);
    if (r == 0)
        r = gw_settings_check(&settings, error);
    struct gw_identity *identity = NULL;
    if (r == 0)
        r = gw_certificate_load(&settings, &identity, error);
    gw_identity_unref(&identity);
    if (r < 0) {
        gw_complain("%s", "%s", error);
    } else {
        gw_say_to(error, "%s: good.", "%s：无误。", argv[1]);
        puts(error);
    }
    gw_settings_finish(&settings);
    return r < 0;
}
