#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "tuf/base/concat.h"

namespace sello {

/// The project's one vocabulary of failure. Every edge (HTTP, gRPC, exit code) switches over all of it.
enum class Fault {
    Malformed,           ///< bytes from outside that are not what they should be
    TooLarge,            ///< a bound was passed: bytes, depth, counts
    WrongType,           ///< `_type` of another role
    ThresholdNotMet,     ///< too few distinct valid signatures
    Rollback,            ///< a version lower than the one trusted
    VersionMismatch,     ///< a version other than the one listed or required
    Expired,             ///< metadata or certificate past its end
    DigestMismatch,      ///< length or hash differs from the listed one
    Untrusted,           ///< a root, key or role that nothing trusted vouches for
    NotFound,            ///< what was asked for does not exist
    Conflict,            ///< another writer was first
    Unauthorized,        ///< the caller may not do this
    BadConfiguration,    ///< configuration or command line
    Unavailable,         ///< a collaborator is away: try again later
    DeadlineExceeded,    ///< a collaborator did not answer in time
    ResourceExhausted,   ///< a queue, pool, disk or token is full
    FailedPrecondition,  ///< the state of the world forbids it, and trying again will not help
    DataLoss,            ///< stored data is damaged
    Storage,             ///< a read or write failed
    Crypto,              ///< a cryptographic library refused
    Internal,            ///< our bug
};

/// The message holds the subject, what was wanted and what came.
class Error : public std::runtime_error {
public:
    Error(Fault fault, const std::string& message) : std::runtime_error(message), fault_(fault) {}
    [[nodiscard]] Fault fault() const noexcept { return fault_; }

private:
    Fault fault_;
};

}  // namespace sello
