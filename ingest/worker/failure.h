// What libavformat's errors mean to people.
#ifndef GW_INGEST_WORKER_FAILURE_H
#define GW_INGEST_WORKER_FAILURE_H

#include "base/source.h"

// `error` is negative: an AVERROR.
enum gw_cause gw_failure_cause(int error);

#endif
