#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "tests/support/certificate_factory.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/metadata/codec.h"

namespace sello::test {

/// A root whose keys are certificates of any kind. All keys sign unless told otherwise.
class RootBuilder {
public:
    explicit RootBuilder(const Instant& now) : now_(now) {
        root.expires = now + std::chrono::hours(24 * 365);
        for (const char* role : {"root", "targets", "snapshot", "timestamp"}) {
            root.roles[role];
            if (std::string(role) != "root") add(role, tuf::PrivateKey::generate_ecdsa_p256());
        }
    }

    /// A root key with this certificate, and PEM behind it.
    tuf::KeyId add_root_key(const CertificateSpec& spec, const Bytes& behind = {}) {
        return add_root_key(tuf::PrivateKey::generate_ecdsa_p256(), spec, behind);
    }
    tuf::KeyId add_root_key(tuf::PrivateKey key, const CertificateSpec& spec, const Bytes& behind = {}) {
        const tuf::PublicKey listed(key.public_key().type_name() + "-x509", make_certificate(key, spec, now_) + behind);
        list("root", listed);
        signers_.emplace_back(listed.id(), std::move(key));
        return listed.id();
    }
    /// One that is no certificate, or none that can be read.
    void add_root_key(const tuf::PublicKey& listed) { list("root", listed); }

    [[nodiscard]] tuf::Signed<tuf::Root> sign() const {
        std::vector<tuf::KeyId> all;
        for (const auto& [id, key] : signers_) all.push_back(id);
        return sign(all);
    }
    [[nodiscard]] tuf::Signed<tuf::Root> sign(const std::vector<tuf::KeyId>& by) const {
        const tuf::Json payload = tuf::to_json(root);
        const Bytes message = tuf::canonical_json(payload);
        std::vector<tuf::Signature> signatures;
        for (const auto& [id, key] : signers_)
            if (std::find(by.begin(), by.end(), id) != by.end()) signatures.push_back(key.sign(message, id));
        return tuf::decode_root(tuf::parse_envelope(tuf::write_document(payload, signatures)));
    }

    tuf::Root root;

private:
    void add(const char* role, const tuf::PrivateKey& key) { list(role, key.public_key()); }
    void list(const char* role, const tuf::PublicKey& key) {
        root.keys.emplace(key.id(), key);
        root.roles[role].keyids.push_back(key.id());
    }

    Instant now_;
    std::vector<std::pair<tuf::KeyId, tuf::PrivateKey>> signers_;
};

}  // namespace sello::test
