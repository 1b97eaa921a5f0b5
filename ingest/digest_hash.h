// The hashes of Digest authentication (RFC 7616 section 3.4, RFC 2617 section 3.2).
#ifndef GW_INGEST_DIGEST_HASH_H
#define GW_INGEST_DIGEST_HASH_H

enum gw_digest_algorithm { GW_DIGEST_MD5, GW_DIGEST_SHA256 };

enum { GW_DIGEST_HEX_BYTES = 2 * 32 + 1 }; // of the longer one, and a zero

// Hashes parts[0] ":" parts[1] ... up to a NULL into lower-case hexadecimal.
// Returns 0, -ENOTSUP when the crypto library refuses the algorithm (MD5 where
// policy forbids it), or -ENOMEM.
int gw_digest_hash(enum gw_digest_algorithm algorithm, const char *const *parts,
                   char ret_hex[GW_DIGEST_HEX_BYTES]);

#endif
