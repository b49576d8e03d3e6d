#pragma once

#include <functional>
#include <string>

#include "client/changelist.h"
#include "client/keys/key_store.h"
#include "client/updater.h"

namespace sello::client {

struct InitOptions {
    std::string root_key_id;  ///< canonical id of a stored root key; empty: the smallest, or a new one
    bool server_holds_snapshot_key = false;
};

/// The journey of a publish: refresh, apply what is staged, sign, upload.
class Publisher {
public:
    Publisher(NotaryApi& api, const TrustDirectory& directory, KeyStore& keys, Updater& updater, const Clock& clock,
              std::function<void(const std::string&)> tell)
        : api_(api), directory_(directory), keys_(keys), updater_(updater), clock_(clock), tell_(std::move(tell)) {}

    /// Makes keys and version 1 of root, targets and maybe snapshot, on this machine only. Throws
    /// Error(Fault::FailedPrecondition) if the server has the collection already, or this machine does.
    void init(const tuf::Gun& gun, const InitOptions& options);

    /// Publishes what is staged. A collection that nobody has yet is initialised first. When another publisher was
    /// first, starts again from what that one published, a few times. Staged changes are removed after success only.
    void publish(const tuf::Gun& gun);

private:
    [[nodiscard]] tuf::KeyId root_key(const std::string& wanted);
    void publish_once(const tuf::Gun& gun, const std::vector<StagedChange>& staged);
    [[nodiscard]] tuf::RepositoryEditor start_editing(const tuf::Gun& gun);
    [[nodiscard]] tuf::RepositoryEditor edit_unpublished(const tuf::Gun& gun);

    NotaryApi& api_;
    const TrustDirectory& directory_;
    KeyStore& keys_;
    Updater& updater_;
    const Clock& clock_;
    std::function<void(const std::string&)> tell_;
};

}  // namespace sello::client
