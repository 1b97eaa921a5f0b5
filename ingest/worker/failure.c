#include "ingest/worker/failure.h"

#include <errno.h>
#include <libavutil/error.h>

enum gw_cause gw_failure_cause(int error)
{
    switch (error) {
    case AVERROR(ECONNREFUSED): return GW_CAUSE_REFUSED;
    case AVERROR(EHOSTUNREACH):
    case AVERROR(ENETUNREACH): return GW_CAUSE_NO_ROUTE;
    case AVERROR(ETIMEDOUT):
    case AVERROR_EXIT: return GW_CAUSE_TIMEOUT; // our own deadline passed
    case AVERROR_HTTP_UNAUTHORIZED: return GW_CAUSE_PASSWORD;
    case AVERROR_HTTP_FORBIDDEN:
    case AVERROR(EACCES): return GW_CAUSE_FORBIDDEN;
    case AVERROR_HTTP_NOT_FOUND:
    case AVERROR(ENOENT): return GW_CAUSE_NOT_FOUND;
    case AVERROR_HTTP_BAD_REQUEST:
    case AVERROR_HTTP_OTHER_4XX:
    case AVERROR_HTTP_SERVER_ERROR:
    case AVERROR_UNKNOWN: return GW_CAUSE_STATUS; // of RTMP: the server said why
    case AVERROR(ENOMEM): return GW_CAUSE_OUR_LIMIT;
    case AVERROR(ECONNRESET):
    case AVERROR(EPIPE):
    case AVERROR(EIO):
    case AVERROR_EOF: return GW_CAUSE_CLOSED;
    default: return GW_CAUSE_UNREADABLE;
    }
}
