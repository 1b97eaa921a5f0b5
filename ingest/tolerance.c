#include "ingest/tolerance.h"

struct tolerance_words {
    const char *name;
    struct gw_text text;
};

static const struct tolerance_words words[GW_TOLERANCES] = {
    [GW_TOLERATED_NO_OPTIONS] = { "no_options",
                                  { "It does not know OPTIONS; it is asked for its "
                                    "stream all the same.",
                                    "不支持 OPTIONS，仍直接请求码流。" } },
    [GW_TOLERATED_NONCE] = { "nonce",
                             { "It asks for another sign-in without saying that the last "
                               "one is too old; the same password is given again.",
                               "未声明认证已过期就要求重新认证，已用同一密码重新认证"
                               "。" } },
    [GW_TOLERATED_CONTENT_BASE] = { "content_base",
                                    { "Its Content-Base is no RTSP address; the address "
                                      "asked for is used.",
                                      "Content-Base 不是 RTSP 地址，改用请求的地址。" } },
    [GW_TOLERATED_NO_CONTENT_TYPE] = { "no_content_type",
                                       { "Its description has no Content-Type; it is "
                                         "read as SDP.",
                                         "描述缺少 Content-Type，按 SDP 解析。" } },
    [GW_TOLERATED_HEADER_BLANKS] = { "header_blanks",
                                     { "Its headers have blanks behind them, or go on in "
                                       "the next line; they are put together.",
                                       "消息头行尾有空格或折行，已合并处理。" } },
    [GW_TOLERATED_LINE_ENDS] = { "line_ends",
                                 { "Its lines end in CR or LF alone.",
                                   "行尾只有 CR 或 LF。" } },
    [GW_TOLERATED_NO_CSEQ] = { "no_cseq",
                               { "Its answers have no CSeq; they are taken in turn.",
                                 "应答缺少 CSeq，按顺序对应请求。" } },
    [GW_TOLERATED_STRAY] = { "stray",
                             { "It sends messages that answer nothing; they are passed "
                               "over.",
                               "发送与请求无关的消息，已忽略。" } },
    [GW_TOLERATED_NO_CONTROL] = { "no_control",
                                  { "Its description names no address for the whole "
                                    "session; the base is used.",
                                    "描述未给出会话控制地址，改用基地址。" } },
    [GW_TOLERATED_FEW_LINES] = { "few_lines",
                                 { "Its description lacks lines that each must have (v, "
                                   "o, s, t); they are not needed.",
                                   "描述缺少必需的行（v、o、s、t），不影响使用。" } },
    [GW_TOLERATED_BROKEN_MEDIA] = { "broken_media",
                                    { "Its description has media that cannot be read; "
                                      "they are left out.",
                                      "描述中有无法解析的媒体，已忽略。" } },
    [GW_TOLERATED_NO_PARAMS] = { "no_params",
                                 { "Its description has no parameter sets that can be "
                                   "read; pictures begin when the stream brings them.",
                                   "描述中没有可用的参数集，需等码流中出现后才有画面"
                                   "。" } },
    [GW_TOLERATED_BAD_PARAMS] = { "bad_params",
                                  { "The parameter sets in its description are "
                                    "incomplete or wrong; those of the stream are used.",
                                    "描述中的参数集不完整或有误，改用码流中的参数集"
                                    "。" } },
    [GW_TOLERATED_CLOCK_RATE] = { "clock_rate",
                                  { "Its description gives no clock rate for the video; "
                                    "90 kHz is used.",
                                    "描述未给出视频时钟频率，按 90 kHz 处理。" } },
    [GW_TOLERATED_TRANSPORT_BLANKS] = { "transport_blanks",
                                        { "Its Transport header has blanks between its "
                                          "parts.",
                                          "Transport 头各部分之间有空格。" } },
    [GW_TOLERATED_NO_TRANSPORT] = { "no_transport",
                                    { "It does not say how it sends media; what was "
                                      "asked for is taken.",
                                      "未说明媒体传输方式，按请求的方式接收。" } },
    [GW_TOLERATED_OTHER_TRANSPORT] = { "other_transport",
                                       { "It does not send by the transport asked for "
                                         "first; the other one is used.",
                                         "未按首选的传输方式发送，改用另一种。" } },
    [GW_TOLERATED_NO_SESSION] = { "no_session",
                                  { "It gives no session id; requests go without one.",
                                    "未给出会话号，请求中不带会话号。" } },
    [GW_TOLERATED_SESSION_CHANGED] = { "session_changed",
                                       { "It gives another session id with each SETUP; "
                                         "the latest counts.",
                                         "每次 SETUP "
                                         "返回不同的会话号，以最后一个为准。" } },
    [GW_TOLERATED_RTP_INFO] = { "rtp_info",
                                { "Its RTP-Info cannot be read; it is not needed.",
                                  "RTP-Info 无法解析，不影响使用。" } },
    [GW_TOLERATED_KEEP_ALIVE] = { "keep_alive",
                                  { "It refuses GET_PARAMETER; it is kept alive with "
                                    "OPTIONS.",
                                    "拒绝 GET_PARAMETER，改用 OPTIONS 保活。" } },
    [GW_TOLERATED_SILENT_ALIVE] = { "silent_alive",
                                    { "It answers no keep-alive; its pictures count as a "
                                      "sign of life.",
                                      "不应答保活请求，以画面数据判断在线。" } },
    [GW_TOLERATED_UNSAID_ALIVE] = { "unsaid_alive",
                                    { "It takes GET_PARAMETER without having said so; it "
                                      "is kept alive with that.",
                                      "未声明但支持 GET_PARAMETER，用其保活。" } },
    [GW_TOLERATED_SHORT_SESSION] = { "short_session",
                                     { "It ends a session within half a minute without a "
                                       "word; it is kept alive more often.",
                                       "会话超时不足半分钟，已加快保活。" } },
    [GW_TOLERATED_BYE] = { "bye",
                           { "It says that it ends its stream, and goes on; it is "
                             "believed only when nothing more comes.",
                             "声明结束码流后仍继续发送，仅在无数据时才视为结束。" } },
    [GW_TOLERATED_CHANNELS] = { "channels",
                                { "It sends on other channels than were asked for.",
                                  "使用的通道与请求的不同。" } },
    [GW_TOLERATED_OTHER_CHANNELS] = { "other_channels",
                                      { "It sends on channels that belong to nothing; "
                                        "they are passed over.",
                                        "在未协商的通道上发送数据，已忽略。" } },
    [GW_TOLERATED_GARBAGE] = { "garbage",
                               { "It sends bytes that belong to nothing; they are "
                                 "skipped.",
                                 "数据中夹杂无用字节，已跳过。" } },
    [GW_TOLERATED_EARLY_MEDIA] = { "early_media",
                                   { "It sends media ahead of its answer to PLAY.",
                                     "在应答 PLAY 之前就发送媒体数据。" } },
    [GW_TOLERATED_OTHER_PAYLOAD] = { "other_payload",
                                     { "It sends packets of another payload type between "
                                       "the video's; they are passed over.",
                                       "视频包之间夹杂其他负载类型的包，已忽略。" } },
    [GW_TOLERATED_MALFORMED] = { "malformed",
                                 { "Some of its packets are broken; they are dropped, "
                                   "and pictures may stutter.",
                                   "部分数据包已损坏并被丢弃，画面可能卡顿。" } },
    [GW_TOLERATED_START_CODES] = { "start_codes",
                                   { "It leaves start codes in its packets or its "
                                     "description; they are taken out.",
                                     "数据包或描述中残留起始码，已去除。" } },
    [GW_TOLERATED_FRAGMENTS] = { "fragments",
                                 { "Its pictures are cut up wrongly (empty parts, or of "
                                   "another type); the first part counts.",
                                   "画面分片有误（空分片或类型变化），以首个分片为准"
                                   "。" } },
    [GW_TOLERATED_MARKER] = { "marker",
                              { "It marks the end of a picture too early; the picture is "
                                "waited for.",
                                "画面结束标记过早，仍等待完整画面。" } },
    [GW_TOLERATED_NO_MARKER] = { "no_marker",
                                 { "It does not mark where a picture ends; each waits "
                                   "for the next one, which adds delay.",
                                   "不标记画面结束，每帧需等下一帧才能确认，会增加时延"
                                   "。" } },
    [GW_TOLERATED_TIMES] = { "times",
                             { "Its time stamps jump; pictures are shown in even steps "
                               "all the same.",
                               "时间戳跳变，画面仍按均匀间隔显示。" } },
};

const char *gw_tolerance_name(enum gw_tolerance t)
{
    return words[t].name;
}

struct gw_text gw_tolerance_text(enum gw_tolerance t)
{
    return words[t].text;
}
