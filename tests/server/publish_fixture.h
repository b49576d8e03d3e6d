#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/publish/collections.h"
#include "server/signing/local_signing_service.h"
#include "server/storage/memory_metadata_store.h"
#include "tests/support/repository_simulator.h"
#include "tuf/base/error.h"

namespace sello::server {

/// Local keys that can be taken away, or stop answering.
class FlakySigning final : public SigningService {
public:
    bool is_down = false;
    std::function<void()> before_signing = [] {};

    tuf::PublicKey create_key(const tuf::Gun& gun, const tuf::RoleName& role) override {
        require_up();
        return keys_.create_key(gun, role);
    }
    std::optional<tuf::PublicKey> find_key(const tuf::KeyId& id) override {
        require_up();
        return keys_.find_key(id);
    }
    tuf::Signature sign(const tuf::Gun& gun, const tuf::RoleName& role, const tuf::PublicKey& key,
                        ByteView message) override {
        require_up();
        before_signing();
        return keys_.sign(gun, role, key, message);
    }
    void check_health() override { require_up(); }

private:
    void require_up() const {
        if (is_down) throw Error(Fault::Unavailable, "rpc error: code = Unavailable desc = signer is away");
    }
    LocalSigningService keys_;
};

/// A publisher whose snapshot and timestamp keys are held by the server.
struct PublishTest : testing::Test {
    test::RepositorySimulator repository;
    HandSetClock clock{repository.now};
    MemoryMetadataStore store{clock};
    FlakySigning signing;
    ServingCache cache{1U << 20U};
    Collections collections{store, signing, clock, cache, {}, {}};

    PublishTest() {
        for (const char* role : {"snapshot", "timestamp"}) {
            const tuf::PublicKey key = collections.server_key(repository.gun, tuf::RoleName(role));
            repository.root.keys.emplace(key.id(), key);
            repository.root.roles[role].keyids = {key.id()};
        }
        sign();
    }

    void sign() {
        repository.files["root"] = repository.sign(tuf::to_json(repository.root), repository.keyids("root"));
        repository.files["targets"] = repository.sign(tuf::to_json(repository.targets), repository.keyids("targets"));
    }

    std::shared_ptr<const Repository> publish(const std::vector<std::string>& roles) {
        std::vector<tuf::UploadedFile> files;
        for (const std::string& role : roles) files.push_back({tuf::RoleName(role), repository.files.at(role)});
        return collections.publish(repository.gun, std::move(files)).repository;
    }

    void publish_tag(const std::string& tag) {
        repository.add_target(tag, tag);
        repository.targets.version = repository.targets.version.next();
        sign();
        publish({"targets"});
    }

    Fault refusal(const std::vector<std::string>& roles) {
        try {
            publish(roles);
        } catch (const Error& e) {
            last_refusal = e.what();
            return e.fault();
        }
        return Fault::Internal;
    }
    std::string last_refusal;

    [[nodiscard]] std::int64_t timestamp_version() {
        return collections.current(repository.gun)->timestamp->payload.version.number();
    }
};

}  // namespace sello::server
