// Proof of origin: an SEI message in every frame that a simulated camera sends,
// by which a viewer anywhere shows whose picture it has, how old it is and what
// is missing.
//
// The NAL unit (ITU-T H.264 annex D.1.7, user_data_unregistered) is always
// FARM_PROOF_NAL_BYTES long: NAL header 06, type 05, size 3a (hex), our UUID, 42
// hexadecimal digits, stop bit. No byte of it is zero, so no start code can arise
// and no emulation prevention is needed. docs/testing.md has the layout.
#ifndef GW_TESTS_FARM_PROOF_H
#define GW_TESTS_FARM_PROOF_H

#include <stddef.h>
#include <stdint.h>

enum {
    FARM_PROOF_UUID_BYTES = 16,
    FARM_PROOF_TEXT_BYTES = 8 + 2 + 16 + 16, // hexadecimal digits of the fields
    FARM_PROOF_NAL_BYTES = 3 + FARM_PROOF_UUID_BYTES + FARM_PROOF_TEXT_BYTES + 1,
};

enum farm_profile { FARM_MAIN, FARM_SUB, FARM_PROFILES };

struct farm_proof {
    uint32_t camera;       // from 1
    uint8_t profile;       // enum farm_profile
    uint64_t frame;        // +1 each on this camera's stream, whoever watches
    uint64_t sent_unix_us; // when it was handed to the sender's socket
};

// Writes the NAL unit, without start code or length.
void farm_proof_write(const struct farm_proof *proof, uint8_t nal[FARM_PROOF_NAL_BYTES]);

// Finds the proof in an access unit of AVCC form (32-bit big-endian length, NAL
// unit, and so on).
//   0         *ret_proof is set
//   -ENOENT   no NAL unit of it is a proof
//   -EBADMSG  a length runs past the end, or a proof's digits are none
// *ret_proof is touched on success only.
int farm_proof_find(const uint8_t *avcc, size_t len, struct farm_proof *ret_proof);

#endif
