// Takes out of a line of words what must not leave the process: addresses, which may
// have credentials and tokens in them, and secrets that a peer may have sent back.
#ifndef GW_INGEST_WORKER_MASK_H
#define GW_INGEST_WORKER_MASK_H

// Of "x://...", up to the next blank or quotation mark, only "x://" is left.
void gw_mask_addresses(char *line);

// Every occurrence of `secret` becomes asterisks. NULL and "" are allowed.
void gw_mask_secret(char *line, const char *secret);

#endif
