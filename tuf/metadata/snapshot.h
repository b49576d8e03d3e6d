#pragma once

#include <map>
#include <string>

#include "tuf/base/instant.h"
#include "tuf/metadata/file_meta.h"
#include "tuf/names/version.h"

namespace sello::tuf {

/// What is listed of every targets file, and in the Notary dialect of root, by role name.
struct Snapshot {
    Version version{1};
    Instant expires;
    std::map<std::string, FileMeta> meta;

    friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// What is listed of the snapshot.
struct Timestamp {
    Version version{1};
    Instant expires;
    FileMeta snapshot;

    friend bool operator==(const Timestamp&, const Timestamp&) = default;
};

}  // namespace sello::tuf
