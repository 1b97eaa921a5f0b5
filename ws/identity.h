// By what the server shows browsers who it is: a certificate with the chain of its
// authorities, and the private key that belongs to it. Read once, checked, and never
// changed: a new certificate is a new identity. Counted; any thread.
#ifndef GW_WS_IDENTITY_H
#define GW_WS_IDENTITY_H

struct gw_identity;
struct ssl_ctx_st; // OpenSSL's SSL_CTX

// What is wrong with the files.
enum gw_identity_flaw {
    GW_IDENTITY_NO_MEMORY,
    GW_IDENTITY_CERT_UNREADABLE, // the returned errno says why
    GW_IDENTITY_CERT_NOT_PEM,    // or a PEM file without a certificate
    GW_IDENTITY_CERT_REFUSED,    // OpenSSL thinks it too weak, or cannot use it
    GW_IDENTITY_KEY_UNREADABLE,  // likewise
    GW_IDENTITY_KEY_EXPOSED,     // others than its owner may read it
    GW_IDENTITY_KEY_NOT_PEM,     // or a PEM file without a private key
    GW_IDENTITY_KEY_LOCKED,      // by a passphrase, and there is nobody to ask
    GW_IDENTITY_KEY_FOREIGN,     // it does not belong to the certificate
};

// Reads both files (PEM; the same one twice is allowed). Certificates behind the first
// one are its chain. Returns 0, or negative errno with *ret_flaw: -EBADMSG where the
// flaw says it all.
int gw_identity_load(const char *cert_file, const char *key_file,
                     struct gw_identity **ret_identity, enum gw_identity_flaw *ret_flaw);

// Adds a reference and returns `identity`.
struct gw_identity *gw_identity_ref(struct gw_identity *identity);

// Drops the caller's reference and sets it to NULL. A NULL in it is allowed.
void gw_identity_unref(struct gw_identity **pidentity);

// The last day it is good for, "2027-01-31".
const char *gw_identity_last_day(const struct gw_identity *identity);

// Connections of `context` that begin from now on show it. Returns 0 or -ENOMEM, with
// what was shown before. On the context's thread.
int gw_identity_show(const struct gw_identity *identity, struct ssl_ctx_st *context);

#endif
