#include "tests/farm/sdp.h"

#include "tests/farm/pacer.h"

#include <assert.h>
#include <stdio.h>

#include <openssl/evp.h>

enum { BASE64_MAX = (FARM_PARAM_MAX + 2) / 3 * 4 + 1 };

size_t farm_sdp_write(const struct farm_clip *clip, char ret_sdp[FARM_SDP_MAX])
{
    char sps[BASE64_MAX];
    char pps[BASE64_MAX];
    const uint8_t *profile = clip->sps.data + 1; // profile_idc, constraints, level_idc

    EVP_EncodeBlock((unsigned char *)sps, clip->sps.data, (int)clip->sps.len);
    EVP_EncodeBlock((unsigned char *)pps, clip->pps.data, (int)clip->pps.len);
    int len = snprintf(ret_sdp, FARM_SDP_MAX,
                       "v=0\r\n"
                       "o=- 1 1 IN IP4 0.0.0.0\r\n"
                       "s=gridwall-farm\r\n"
                       "c=IN IP4 0.0.0.0\r\n"
                       "t=0 0\r\n"
                       "a=control:*\r\n"
                       "m=video 0 RTP/AVP %d\r\n"
                       "a=rtpmap:%d H264/%d\r\n"
                       "a=fmtp:%d packetization-mode=1;profile-level-id=%02X%02X%02X;"
                       "sprop-parameter-sets=%s,%s\r\n"
                       "a=control:track1\r\n",
                       FARM_PAYLOAD_TYPE, FARM_PAYLOAD_TYPE, FARM_CLOCK_HZ,
                       FARM_PAYLOAD_TYPE, profile[0], profile[1], profile[2], sps, pps);
    assert(len > 0 && len < FARM_SDP_MAX);
    return (size_t)len;
}
