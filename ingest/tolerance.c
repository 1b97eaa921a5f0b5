#include "ingest/tolerance.h"

struct tolerance_words {
    const char *name;
    unsigned quirk;
    struct gw_text text;
};

static const struct tolerance_words words[GW_TOLERANCES] = {
    [GW_TOLERATED_KEEP_ALIVE] = { "keep_alive",
                                  7,
                                  { "It refuses GET_PARAMETER; it is kept alive with "
                                    "OPTIONS.",
                                    "拒绝 GET_PARAMETER，改用 OPTIONS 保活。" } },
    [GW_TOLERATED_CONTENT_BASE] = { "content_base",
                                    10,
                                    { "Its Content-Base is no RTSP address; the "
                                      "address asked for is used.",
                                      "Content-Base 不是 RTSP 地址，改用请求的地址。" } },
    [GW_TOLERATED_NO_CONTENT_TYPE] = { "no_content_type",
                                       12,
                                       { "Its description has no Content-Type; it is "
                                         "read as SDP.",
                                         "描述缺少 Content-Type，按 SDP 解析。" } },
    [GW_TOLERATED_NO_CONTROL] = { "no_control",
                                  12,
                                  { "Its description names no address for the whole "
                                    "session; the base is used.",
                                    "描述未给出会话控制地址，改用基地址。" } },
    [GW_TOLERATED_SESSION_CHANGED] = { "session_changed",
                                       18,
                                       { "It gives another session id with each SETUP; "
                                         "the latest counts.",
                                         "每次 SETUP 返回不同的会话号，以最后一个为准"
                                         "。" } },
    [GW_TOLERATED_LINE_ENDS] = { "line_ends",
                                 19,
                                 { "Its lines end in CR or LF alone.",
                                   "行尾只有 CR 或 LF。" } },
    [GW_TOLERATED_NO_CSEQ] = { "no_cseq",
                               0,
                               { "Its answers have no CSeq; they are taken in turn.",
                                 "应答缺少 CSeq，按顺序对应请求。" } },
    [GW_TOLERATED_NO_PARAMS] = { "no_params",
                                 21,
                                 { "Its description has no parameter sets; pictures "
                                   "begin when the stream brings them.",
                                   "描述中没有参数集，需等码流中出现后才有画面。" } },
    [GW_TOLERATED_CHANNELS] = { "channels",
                                23,
                                { "It sends on other channels than were asked for.",
                                  "使用的通道与请求的不同。" } },
    [GW_TOLERATED_GARBAGE] = { "garbage",
                               24,
                               { "It sends bytes that belong to nothing; they are "
                                 "skipped.",
                                 "数据中夹杂无用字节，已跳过。" } },
    [GW_TOLERATED_EARLY_MEDIA] = { "early_media",
                                   25,
                                   { "It sends media ahead of its answer to PLAY.",
                                     "在应答 PLAY 之前就发送媒体数据。" } },
    [GW_TOLERATED_OTHER_PAYLOAD] = { "other_payload",
                                     27,
                                     { "It sends packets of another payload type "
                                       "between the video's; they are passed over.",
                                       "视频包之间夹杂其他负载类型的包，已忽略。" } },
    [GW_TOLERATED_MALFORMED] = { "malformed",
                                 29,
                                 { "Some of its packets are broken; they are dropped, "
                                   "and pictures may stutter.",
                                   "部分数据包已损坏并被丢弃，画面可能卡顿。" } },
    [GW_TOLERATED_OTHER_TRANSPORT] = { "other_transport",
                                       0,
                                       { "It refused the transport asked for first; "
                                         "the other one is used.",
                                         "拒绝首选的传输方式，改用另一种。" } },
};

const char *gw_tolerance_name(enum gw_tolerance t)
{
    return words[t].name;
}

unsigned gw_tolerance_quirk(enum gw_tolerance t)
{
    return words[t].quirk;
}

struct gw_text gw_tolerance_text(enum gw_tolerance t)
{
    return words[t].text;
}
