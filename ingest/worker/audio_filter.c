#include "ingest/worker/audio_filter.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>

enum {
    CONFIG_BYTES = 2, // of an AudioSpecificConfig: ISO/IEC 14496-3 section 1.6.2.1
    TYPE_LC = 2,
    CHANNELS_MAX = 6, // as many as their number in it says
};

bool gw_audio_filter_takes(const AVCodecParameters *audio)
{
    switch ((int)audio->codec_id) {
    case AV_CODEC_ID_AAC:
    case AV_CODEC_ID_OPUS: return true;
    case AV_CODEC_ID_PCM_ALAW:
    case AV_CODEC_ID_PCM_MULAW:
        return audio->sample_rate == 8000 && audio->ch_layout.nb_channels == 1;
    default: return false;
    }
}

// MPEG-TS carries AAC with ADTS headers, which say in every packet what the engine must
// be told ahead of the first. What libavformat learnt of it is of the sound that is
// heard: with SBR the core has half the rate, with PS one channel.
static int write_config(AVCodecParameters *aac)
{
    static const int rates[] = { 96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                 22050, 16000, 12000, 11025, 8000,  7350 };
    bool ps = aac->profile == FF_PROFILE_AAC_HE_V2;
    bool sbr = ps || aac->profile == FF_PROFILE_AAC_HE;
    int rate = sbr ? aac->sample_rate / 2 : aac->sample_rate;
    int channels = ps ? 1 : aac->ch_layout.nb_channels;
    unsigned index = 0;

    while (index < sizeof(rates) / sizeof(*rates) && rates[index] != rate)
        index++;
    if (index == sizeof(rates) / sizeof(*rates) || channels < 1 ||
        channels > CHANNELS_MAX)
        return AVERROR(ENOSYS);
    aac->extradata = av_mallocz(CONFIG_BYTES + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!aac->extradata)
        return AVERROR(ENOMEM);
    aac->extradata_size = CONFIG_BYTES;
    aac->extradata[0] = (uint8_t)(TYPE_LC << 3 | index >> 1);
    aac->extradata[1] = (uint8_t)((index & 1) << 7 | (unsigned)channels << 3);
    return 0;
}

int gw_audio_filter_open(const AVStream *audio, AVBSFContext **ret_filter)
{
    bool aac = audio->codecpar->codec_id == AV_CODEC_ID_AAC;
    AVBSFContext *filter = NULL;

    int r = av_bsf_list_parse_str(aac ? "aac_adtstoasc" : "null", &filter);
    if (r >= 0)
        r = avcodec_parameters_copy(filter->par_in, audio->codecpar);
    if (r >= 0 && aac && !filter->par_in->extradata_size)
        r = write_config(filter->par_in);
    if (r >= 0) {
        filter->time_base_in = audio->time_base;
        r = av_bsf_init(filter);
    }
    if (r < 0) {
        av_bsf_free(&filter);
        return r;
    }
    *ret_filter = filter;
    return 0;
}
