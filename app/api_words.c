#include "app/api_words.h"

const struct gw_text gw_words_out_of_memory = {
    "The engine is out of memory. Try again in a moment.",
    "引擎内存不足，请稍后再试。",
};
const struct gw_text gw_words_writes_wait = {
    "Too many changes wait to be written. Try again in a moment.",
    "等待写入的变更过多，请稍后再试。",
};
const struct gw_text gw_words_bad_query = {
    "The part of the address behind \"?\" cannot be read: broken %-escape or too long.",
    "地址中“?”之后的部分无法识别：百分号编码错误或过长。",
};
const struct gw_text gw_words_bad_key = {
    "Idempotency-Key is a text in double quotes, 1 to 128 printable ASCII characters, "
    "such as a UUID.",
    "Idempotency-Key 应为带双引号的文本，含 1 到 128 个可打印 ASCII 字符，如 UUID。",
};
const struct gw_text gw_words_bad_tags = {
    "If-Match and If-None-Match are \"*\" or up to 16 entity tags as GET answers them, "
    "in double quotes, with commas between.",
    "If-Match 和 If-None-Match 应为“*”，或最多 16 个由 GET 返回的实体标签（带双引号，"
    "以逗号分隔）。",
};
