// The certificate that the settings name, and what to say when it is not to be had.
#ifndef GW_APP_CERTIFICATE_H
#define GW_APP_CERTIFICATE_H

#include "app/say.h"
#include "app/settings.h"
#include "ws/identity.h"

// Reads `tls-cert` and `tls-key`. Returns 0, with NULL where none are set, or negative
// errno with the words in `ret_error`.
int gw_certificate_load(const struct gw_settings *settings,
                        struct gw_identity **ret_identity, char ret_error[GW_SAY_MAX]);

#endif
